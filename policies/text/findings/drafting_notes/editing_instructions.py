"""Patterns for instructions on editing the text: customise it, delete what does not apply."""

from policies.text.findings.drafting_notes.patterns import (
    AUDIENCE,
    EDITED,
    PROCESS,
    TEXT,
    THIS,
    WRITE,
    certain,
    possible,
)

PATTERNS = (
    certain(
        "refined customized customised tailored adapted finalized finalised expanded localized "
        "localised personalized personalised populated filled rewritten fleshed edited "
        "supplemented replaced completed adjusted amended reworked aligned vetted",
        rf"(?:\b{THIS}|\b(?:it|they|which|that|and|but|the (?:details|wording|language|"
        r"names?)))\b(?: below| above)?(?:,? (?:however|therefore|also))?,? (?:should|must|needs? "
        r"to|has to|have to|ought to|will need to|is to|are to|still needs? to|can|may) (?:also |"
        r"then |always |still |first |further |further be |carefully ){0,6}be (?:further |"
        rf"carefully |fully |properly |\w+ly ){{0,6}}{EDITED}\b(?! by (?:us|you\b|the (?:user|"
        r"customer|court|parties)))(?=.{0,300}\b(?:your?|launch|production|publi\w+|jurisdictions?|"
        r"counsel|lawyers?|attorneys?|business|company|organi[sz]ation|actual|before|practices|"
        r"needs|circumstances|site|website|app|specific|case|here|to (?:reflect|match|fit|suit)|"
        r"further)\b)",
        unless=r"\b(?:we|us) (?:may|can|will|reserve)|\bby (?:us|mutual|written|the parties)|"
        r"(?:your|the) (?:order|request|form|claim|account|profile|registration|settings?|"
        r"experience|content|ads?|advertising|purchase|goods|products?|items?|parts?|"
        r"course)\b.{0,60}\bbe (?:\w+ )?(?:tailored|customi[sz]ed|personali[sz]ed|completed|"
        r"adapted|replaced|adjusted|expanded|filled)|by posting|from time to time|\bform\b|in "
        r"writing|unenforceable|court|consent of",
    ),
    certain(
        "refine customize customise tailor adapt finalize finalise expand localize localise "
        "personalize personalise populate fill rewrite edit modify replace complete adjust amend "
        "revise update delete remove change align review verify confirm check insert add",
        r"(?:\A\W*|[,;:] (?:and |then |please )?|\b(?:please|you (?:should|must|need to|will need "
        r"to|have to|can|may|may need to|may want to|are advised to|may wish to|are encouraged to)|"
        r"be sure to|make sure to|make sure you|remember to|don't forget to|do not forget to|feel "
        r"free to|and|to|then|simply|always) )(?:carefully |also |further |then ){0,6}(?:refine|"
        r"customi[sz]e|tailor|adapt|finali[sz]e|expand|locali[sz]e|personali[sz]e|populate|fill "
        r"(?:in|out)|rewrite|edit|modify|adjust|amend|revise|replace|complete) (?:and \w+ |or \w+ "
        rf")?(?:{THIS}|it\b(?= to (?:fit|suit|match|reflect|your|meet))|all (?:placeholders|"
        r"bracketed|sections)|(?:each|every|any) (?:section|clause|placeholder|bracket\w*|"
        r"paragraph)|the (?:placeholders?|bracketed|brackets|details|highlighted|fields|blanks|"
        r"information in|text in|items in|sections)\b)",
        unless=r"\bwe (?:may|can|will|reserve|might|could|also)|\bright to|\bour right\b|\b(?:form|"
        r"your (?:order|account|profile|registration|settings|purchase|request)|survey|checkout|"
        r"parties|either party|waive|agree not to|at any time|our sole discretion|from time to "
        r"time|reverse engineer|derivative|shall not|may not|must not|cannot|consent to)\b",
    ),
    certain(
        "update replace change fill complete expand",
        r"(?:\b(?:remember to|make sure to|make sure you|be sure to|don't forget to|do not forget "
        r"to|please|you (?:should|must|need to|will need to)) )(?:also )?(?:update|replace|change|"
        r"fill in|fill out|complete|expand) (?:this|these|the (?:above|following|below)) (?:\w+ "
        r")?(?:section|clause|paragraph|template|placeholders?|wording|text|list|table|date|dates|"
        r"line|page|policy|notice|document|language|terms)\b",
        unless=r"\b(?:form|your (?:account|profile|order|browser)|we)\b",
    ),
    certain(
        "delete remove omit drop strike include use keep retain",
        r"(?:\A\W*|[.;:,(\[] ?(?:and |or |please |otherwise )?|\bplease |\byou (?:can|may|should|"
        r"must) |\bshould be |\bmust be |\bcan be )(?:delete|remove|omit|drop|strike|keep|retain|"
        r"use|include|deleted|removed|omitted) (?:this|these|the (?:following|above|preceding|"
        r"next)) (?:\w+ ){0,2}(?:section|clause|paragraph|sentence|note|line|instructions?|box|"
        r"notice|text|bullet|row|part|guidance|comment|wording|language|option|version|alternative|"
        r"provision|heading|block|item)s? (?:only )?(?:if|when|before|once|unless|where|after|in "
        r"case|for)\b",
        unless=r"\bwe\b|\bnotice (?:from|on)\b|copyright",
    ),
    certain(
        "delete strike remove omit",
        r"(?<!\*\) )(?<!\* )(?<!\*)\b(?:delete|strike(?: out)?|remove|omit|deleted|removed|adapt|"
        r"amend) (?:(?:or \w+|as|if|where|whichever is|any|that are|those|which are|when|parts?|"
        r"sections?|what is|what's|whatever) ){1,5}(?:not )?(?:applicable|appropriate|necessary|"
        r"relevant|needed|apply|required|inapplicable|used)\b",
        unless=r"\bwe\b|\b(?:our|your) (?:data|information|content|account)|personal (?:data|"
        r"information)|\bcontent\b|\bcookies\b|\brecords?\b",
    ),
    certain(
        "choose select pick use adopt",
        r"(?:\A\W*|\(|\[)(?:please )?(?:choose|select|pick) (?:(?:one|either|whichever)(?: (?:of "
        r"the following|of these|of the))?(?: (?:options?|clauses?|paragraphs?|versions?|"
        r"alternatives?|wordings?))?(?: below)?(?=\W*\Z|:)|the (?:appropriate|applicable|relevant|"
        r"correct) (?:option|clause|wording|language|version|alternative|paragraph|section|"
        r"text))\b(?! of (?:our|the (?:plans|products|payment|available)))|\[(?:choose|select)",
        unless=r"\b(?:plan|payment|checkout|shipping|categories of cookies|menu|banner|settings|"
        r"cookie|drop-?down|form|app|browser)\b",
    ),
    certain(
        "optional",
        r"\A\W*OPTIONAL(?: (?:CLAUSE|SECTION|PARAGRAPH|LANGUAGE|WORDING|TEXT|PROVISION))?\s?[:—–-]|"
        r"\A\W*Optional (?:clause|section|paragraph|language|wording|text|provision)(?:\s?[:—–-]|"
        r"\W*\Z)",
        case=True,
    ),
    possible(
        "option alternative alternatively variant",
        r"\A\W*(?:OPTION|ALTERNATIVE|VARIANT|Option|Alternative|Variant) ?[A-C1-4](?:\s?[:—–]| - )",
        unless=r"\b(?:payment|pay|plan|write to us|contact us|call us)\b",
        case=True,
    ),
    certain(
        "here below",
        r"(?:\A\W*|[:;,.(–—-] ?(?:please |then |and )?|\byou (?:should|must|need to|will need to|"
        r"may want to|can then|would) (?:also |then )?|\b(?:please|to be|should be|must be|be sure "
        r"to|remember to) )(?:insert|inserted|put|place|placed|publish|list|listed|describe|"
        r"described|specify|specified|state|stated|provide|provided|include|included|name|named|"
        r"fill in|document|disclose|disclosed|add|added|outline|enumerate|explain|set out|identify|"
        r"supply|supplied|detail|summari[sz]e|mention) (?:(?!\bhere\b)[\w'’/,()&-]{1,24} "
        r"){1,14}here\b(?!['’]?s\b)(?! (?:to|for (?:more|further|details)))",
        unless=r"\b(?:click|tap|found|find|see|read|visit|available|learn|opt[- ]?out|manage|as "
        r"(?:listed|described|set out|defined|stated)|listed here|described here|provided here|"
        r"uploads?|comments?|reviews?|your (?:property|listing|profile|resume|ad|message|question|"
        r"feedback|request|e-?mail address|order|content|photos?|items?|event)|we (?:\w+ )?(?:list|"
        r"describe|provide|explain|include|set out|collect|publish)|(?:is|are|was|were|not|"
        r"information|policies?|terms|practices|definitions?) (?:provided|described|listed|"
        r"included|stated|set out|specified|disclosed))\b",
    ),
    certain(
        "insert",
        r"(?:\A\W*|[:;,.(–—-] ?|\b(?:please|to be|should|must) )insert(?:ed)? (?:(?:your|the|a|an|"
        r"effective|registered|relevant|current|correct|actual|legal|privacy|own|company|business|"
        r"name|names|full|contact|date|link|details|relevant|address|email|any|list|appropriate|"
        r"applicable|number|url|here|registered|as appropriate)\b ?){1,6}",
        unless=r"\b(?:cards?|coin|battery|chip|sim|disk|usb|disc|code|malicious|links? to)\b",
    ),
    certain(
        "inserted supplied completed added drafted confirmed determined provided decided written "
        "filled finalized finalised follow agreed advised",
        r"[:–—(\[-] ?(?:details? |address |date |information )?to (?:be|follow)(?: (?:determined|"
        r"confirmed|completed|added|inserted|supplied|drafted|decided|finali[sz]ed|provided|"
        r"written|filled in|filled|announced|agreed|advised|updated))?(?: (?:by (?:legal|counsel|"
        r"client|the client|company)|here|later|soon|before launch|shortly))?\W*\Z|\A\W*to be "
        r"(?:added|confirmed|determined|completed|inserted|decided|announced|written|drafted|"
        r"supplied|provided|finali[sz]ed|updated)(?: (?:soon|later|shortly|here))?\W*\Z|\b(?:is|"
        r"are) (?:still |yet )?to be (?:confirmed|determined|decided|added|appointed|named|written|"
        r"inserted|completed|drafted|announced)\W*\Z|\bto be (?:inserted|supplied|filled in|"
        r"drafted|written|completed|finali[sz]ed|confirmed|added|provided|determined|decided) "
        r"(?:here|later|by (?:the )?(?:legal(?: team)?|counsel|client|lawyers?|attorneys?|company|"
        r"controller|trader|publisher)\b|before (?:launch|publication|publishing|go)|prior to "
        r"(?:launch|publication)|once|upon launch|soon|shortly)",
        unless=r"\b(?:orders?|deliver(?:y|ies)|features?|fees?|disputes?|arbitrat\w*|payments?|"
        r"shipping|purchases?|bookings?|court|forms? (?:is|to)|submitted|your)\b",
    ),
    certain(
        "soon follow progress construction",
        r"\A\W*(?:(?:content|details|text|section|this section|this page|more (?:information|"
        r"details)|full (?:policy|text|terms)|policy|privacy policy|information|terms)(?: is| "
        r"are)? )?(?:coming soon|to follow|under construction|in progress|being (?:drafted|written|"
        r"prepared|finali[sz]ed|updated))\W*\Z|\A\W*(?:this is (?:still )?a )?work in "
        r"progress\b(?=\W*\Z|\s?[:;,(–—-])|\b(?:policy|terms|page|document|section|notice|text|"
        r"version|draft|wording) (?:is|are|remains?) (?:\w+ ){0,3}work in progress\b|\b(?:policy|"
        r"terms|page|document|section|notice) (?:is|are) (?:currently |still )?(?:under "
        r"construction|being (?:drafted|finali[sz]ed|written|prepared))\b|\buntil (?:the|this|our) "
        r"(?:formal|final|full|official) (?:policy|terms|version|notice|document) (?:is|are|has|"
        r"have)\b",
    ),
    certain(
        "keep retain include leave delete strike remove use",
        r"(?:\A\W*|[;:,(] ?(?:and )?|\bplease |\bthen )(?:keep|retain|include|leave|delete|strike|"
        r"remove|use)(?: out| in)? (?:only |just )?(?:(?:[\w-]{1,15} ){0,3}(?:bullets?|bullet "
        r"points?|items?|sections?|clauses?|paragraphs?|options?|statements?|sentences?|ones|"
        r"rows?)|whichever|whatever) (?:[\w'-]{1,15} ){0,4}(?:apply|applies|applicable|appropriate|"
        r"relevant|inapplicable|irrelevant|needed|required)\b",
        unless=r"\bwe\b|\bcart\b|\border\b",
    ),
    certain(
        "necessary needed required appropriate applicable fit relevant",
        r"\A\W*(?:please )?(?:amend|edit|modify|adapt|adjust|change|customi[sz]e|revise|tailor|"
        r"update|expand|complete|add|delete) (?:(?:this|these|the (?:list|text|wording|above|"
        r"section)|and \w+|or \w+) )?as (?:necessary|needed|required|appropriate|applicable|you "
        r"see fit|relevant)\b",
        unless=r"\A\W*\*",
    ),
    # What to do before it goes live.
    certain(
        "before prior until upon ahead once",
        r"(?:\A\W*|[,;:] (?:and |then |please )?|\b(?:please|should|must|to|remember to|you) "
        r")(?:be )?(?:replaced?|insert(?:ed)?|add(?:ed)?|complete[d]?|remove[d]?|delete[d]?|"
        r"customi[sz]e[d]?|tailor(?:ed)?|adapt(?:ed)?|confirm(?:ed)?|verif(?:y|ied)|finali[sz]ed?|"
        r"fill(?:ed)?|swap(?:ped)?|have|get|reviewed|checked|supplied|provided|updated?|"
        r"look)\b.{0,120}\b(?:before|prior to|until|upon|ahead of) (?:you |it |this |final |public "
        r"|production |the |its ){0,6}(?:publish(?:ing|ed)?|publication|launch(?:ing|ed)?|go(?:es|"
        r"ing)? live|go-live|deploy(?:ing|ment|ed)?|going public|production)(?= (?:this|it|the "
        rf"{TEXT})|\W*\Z|[,;:.])",
        unless=r"\b(?:we|our|us)\b|\byour (?:listings?|posts?|content|videos?|ads?|apps?|profiles?|"
        r"photos?|articles?|streams?|site|store|campaigns?)\b|\bpreview",
    ),
    certain(
        "before prior until",
        r"\A\W*(?:before|prior to|until) (?:you |it |this |final |public |production |the |its "
        r"){0,6}(?:publish(?:ing)?|publication|launch(?:ing)?|go(?:es|ing)? live|go-live|"
        rf"deploy(?:ing|ment)?)(?: (?:this|it|the {TEXT}))?, (?:please )?(?:replace|insert|add|"
        r"complete|remove|delete|customi[sz]e|tailor|adapt|confirm|verify|finali[sz]e|fill|swap|"
        r"have|get|ask|make sure|check|review|update)\b",
        unless=r"\b(?:we|our|us)\b|\byour (?:listings?|posts?|content|videos?|ads?|profiles?|"
        r"photos?|articles?|streams?)\b",
    ),
    # What to delete because it does not apply.
    certain(
        "delete remove omit drop otherwise",
        r"(?:\A\W*|[,;:(] ?(?:then |please |and |otherwise )?|\bplease |\botherwise )(?:delete|"
        r"remove|omit|drop) (?:this|the (?:next|following|above|preceding|previous|entire|whole)|"
        r"that|these) (?:\w+ )?(?:section|clause|paragraph|sentence|bullet|note|banner|box|"
        r"placeholder|instruction|guidance|wording|heading|template|boilerplate|line|row|callout|"
        r"disclaimer)s?\b|\botherwise,? (?:delete|remove|omit)\b\W*(?:\Z|it|this|the)",
        unless=r"\b(?:we|our|us)\b|\byou (?:can|may)\b|cookie banner",
    ),
    certain(
        "only not needed required use include keep applies",
        r"\A\W*(?:only (?:include|use|keep|add|needed|required|necessary|relevant|if you)|"
        r"(?:include|use|keep|add|needed|required) (?:this |it )?only|not (?:needed|required|"
        r"necessary|applicable)|applies only|this (?:section|clause|paragraph|wording|sentence|"
        r"part) (?:is|will be) (?:only )?(?:needed|required|necessary|relevant|optional)(?: "
        r"only)?)\b[^.;]{0,20}\b(?:if|where|when|unless) (?:you|your)(?: \w+){0,2}? (?:do|don't|"
        r"have|use|sell|collect|process|rely|offer|target|transfer|are subject|share|engage|run|"
        r"operate|appoint|employ|serve|is subject|sells|uses|collects)\b",
        unless=r"\b(?:we|our|us)\b|\b(?:account|consent is|browser|device)\b",
    ),
    certain(
        "replace swap substitute exchange",
        r"\A\W*(?:please )?(?:replace|swap|substitute|exchange)(?: (?!your\b)[\w'/-]{1,20}){0,6} "
        r"(?:with|for|by) (?:your (?!device|item|old|new|order|product|password|card|money)|the "
        r"(?:real|actual|correct|name|address|details) |an? (?:real|actual) )|\byou(?:'ll|'ll want "
        r"to| will| should| must| need to| can)(?: \w+){0,3}? (?:swap|replace|substitute) (?:in |"
        r"out )?(?:your own|these|this (?:text|paragraph|section|wording)|the (?:names?|details|"
        r"placeholders?|example))",
        unless=r"\b(?:we|our|us)\b",
    ),
    certain(
        "update change adjust swap amend",
        r"(?:\A\W*(?:please )?|\byou(?:'ll| will) (?:need|have|want) to )(?:update|change|adjust|"
        r"swap|amend|edit|rework) (?:this|these|the (?:above|following|below)|the) (?:\w+ "
        r")?(?:section|clause|paragraph|wording|text|list|sections|clauses|paragraphs|periods?|"
        r"placeholders?|names?|example)s?\b.{0,60}\b(?:your?|own|actual|reflect|match)\b",
        unless=r"\b(?:we|our|us)\b|\byour (?:settings|browser|account|profile|device|order|"
        r"preferences)\b|\bin (?:the|your) app",
    ),
    certain(
        "add remove",
        r"\A\W*(?:please )?(?:add|remove|add or remove|add to|extend|shorten) (?:or remove "
        r")?(?:items|entries|rows|bullets|sections|points|lines|cookies|vendors|categories) (?:\w+ "
        r"){0,4}(?:so that|as|to match|to reflect|where|if|you)\b",
        unless=r"\b(?:we|our|us|cart|basket|wish ?list|settings|workspace)\b",
    ),
    certain(
        "choose select pick",
        r"\A\W*(?:please )?(?:choose|select|pick) (?:whichever|the|which|one of the) (?:[\w-]+ "
        r"){0,3}?(?:clause|wording|paragraph|lawful basis|legal basis|alternative|provision|"
        r"bracketed|definition)s?\b",
        unless=r"\b(?:we|our|us|banner|settings)\b",
    ),
    certain(
        "remove delete omit strike",
        r"\A\W*(?:please )?(?:delete|remove|omit|strike) (?:any|all|those|the) (?:[\w-]+ "
        r"){0,5}(?:that|which) (?:do not|don't|does not|doesn't|are not|is not) (?:apply|"
        r"applicable|relevant)\b",
        unless=r"\b(?:we|our|us)\b",
    ),
    certain(
        "italics asterisk marked bold brackets red yellow",
        r"\b(?:clauses?|sections?|items?|text|words|wording|paragraphs?|passages|parts|provisions|"
        r"sentences|language) (?:that are |which are )?(?:marked|in italics|in bold|in red|in "
        r"yellow|in (?:square )?brackets|highlighted|with an? asterisk|shown "
        r"in)\b.{0,60}?\b(?:(?:may|can|should|must|need to) be (?:removed|deleted|omitted|replaced|"
        r"completed|adapted|changed|amended|filled)|(?:is|are) (?:optional|guidance|instructions|"
        r"notes|for guidance|not part))",
        unless=r"\b(?:we|our|us|form|checkout)\b",
    ),
    certain(
        "adapt edit modify customize customise tailor adjust change",
        r"\b(?:so|and|please|then|but) (?:please |do |be sure to )?(?:adapt|edit|modify|"
        r"customi[sz]e|tailor|adjust|change|amend) (?:it|this|them) (?:as (?:needed|necessary|"
        r"required|appropriate)|to (?:fit|suit|match|reflect|your)|for your|accordingly)\b",
        unless=r"\b(?:we (?:may|can|will|reserve)|our right|settings|profile|preferences|you "
        r"(?:can|may))\b",
    ),
    certain(
        "confirmed checked verified validated adapted",
        r"\b(?:should|must|needs? to|has to|have to) be (?:confirmed|checked|verified|validated|"
        r"adapted|assessed|reviewed) (?:for|against|with|in light of) your (?:own |actual |"
        rf"specific |particular )?(?:jurisdictions?|{AUDIENCE}|practices|processing|"
        r"circumstances)\b",
        unless=r"\bwith your (?:service|team|vendor)|\b(?:order|orders|invoice|delivery|payment|"
        r"identity)\b",
    ),
    certain(
        "your",
        rf"\byour (?:{AUDIENCE}) (?:should|must|needs to|will need to) (?:also "
        rf")?{WRITE}\b.{{0,80}}\b(?:here|in this (?:section|policy|notice|document|page))\b",
    ),
    certain(
        "will",
        r"\bwill be (?:added|completed|provided|supplied|inserted|finali[sz]ed|confirmed|written|"
        r"drafted|filled in) (?:here )?(?:before|prior to|at|upon|by|after) (?:the )?(?:production "
        r"|product |public |final ){0,6}(?:launch|publication|go-live|legal review|release|counsel|"
        r"legal)\b",
        unless=r"\b(?:we|features?|orders?|products?|invoice)\b",
    ),
    certain(
        "say be include give",
        r"\A\W*(?:please |also )?(?:say|include (?:the )?(?:details|information|names) (?:of|about|"
        r"on)|be (?:specific|clear|explicit|precise|open|transparent|honest)(?: here)? (?:about|"
        rf"on)) (?:[\w'/,-]{{1,24}} ){{0,14}}?(?:you (?:\w+ly |will |do |may )?(?:{PROCESS}|use)\b|"
        rf"your (?:(?:sub-?)?processors|vendors|cookies|{AUDIENCE})\b)",
        unless=r"\b(?:to us|contact us|with us|our (?:site|services?|products?|app|website|"
        r"platform|team|staff|support)|requests?|complaints?|account|order|when you)\b",
    ),
    certain(
        "tell inform explain list describe state",
        r"\byou (?:should|must|need to|have to|ought to|will need to) (?:also )?(?:tell|inform|"
        r"explain to|let) (?:people|individuals|data subjects|visitors|readers|everyone|them) "
        r"(?:know )?(?:why|how|what|that|who|which|whether|about) (?:\w+ ){0,3}?you\b|\byou "
        rf"(?:should|must|need to|have to|ought to|will need to) (?:also )?{WRITE} here\b",
        unless=r"\bend users\b|\b(?:API|SDK)\b|\bupload|\binvite",
    ),
    certain(
        "explain describe list detail outline",
        rf"\A\W*(?:please )?{WRITE} (?:the |any |all |every )(?:[\w'/,-]{{1,24}} ){{1,12}}?(?:your "
        rf"(?:{AUDIENCE}|system|systems|products?|software|model|models|staff|employees) "
        r")(?:\w+s\b|do\b|have\b)",
        unless=r"\b(?:to us|contact us|with us|our|requests?|problems?|issues?|complaints?|"
        r"account)\b",
    ),
)
