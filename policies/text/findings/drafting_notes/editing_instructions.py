"""Patterns for instructions on editing the text: customise it, delete what does not apply."""

from __future__ import annotations

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
        "refined customized customised tailored adapted finalized finalised expanded "
        "localized localised personalized personalised populated filled rewritten fleshed "
        "edited supplemented replaced completed adjusted amended reworked aligned vetted",
        rf"(?:\b{THIS}|\b(?:it|they|which|that|and|but|the (?:details|wording|language|"
        r"names?)))\b(?: below| above)?(?:,? (?:however|therefore|also))?,? (?:should|must|"
        r"needs? to|has to|have to|ought to|will need to|is to|are to|still needs? to|can|may) "
        r"(?:also |then |always |still |first |further |further be |carefully ){0,6}be (?:further |"
        rf"carefully |fully |properly |\w+ly ){{0,6}}{EDITED}\b(?! by (?:us|you\b|the (?:user|"
        r"customer|court|parties)))(?=.{0,300}\b(?:your?|launch|production|publi\w+|jurisdictions?|"
        r"counsel|lawyers?|attorneys?|business|company|organi[sz]ation|actual|before|practices|"
        r"needs|circumstances|site|website|app|specific|case|here|to (?:reflect|match|fit|"
        r"suit)|further)\b)",
        unless=(
            r"\b(?:we|us) (?:may|can|will|reserve)|\bby (?:us|mutual|written|the parties)|"
            r"(?:your|the) (?:order|request|form|claim|account|profile|registration|settings?|"
            r"experience|content|ads?|advertising|purchase|goods|products?|items?|parts?|"
            r"course)\b.{0,60}\bbe (?:\w+ )?(?:tailored|customi[sz]ed|personali[sz]ed|"
            r"completed|adapted|replaced|adjusted|expanded|filled)|by posting|from time to "
            r"time|\bform\b|in writing|unenforceable|court|consent of"
        ),
    ),
    certain(
        "refine customize customise tailor adapt finalize finalise expand localize localise "
        "personalize personalise populate fill rewrite edit modify replace complete adjust "
        "amend revise update delete remove change align review verify confirm check insert add",
        r"(?:\A\W*|[,;:] (?:and |then |please )?|\b(?:please|you (?:should|must|need to|will "
        r"need to|have to|can|may|may need to|may want to|are advised to|may wish to|are "
        r"encouraged to)|be sure to|make sure to|make sure you|remember to|don't forget to|do "
        r"not forget to|feel free to|and|to|then|simply|always) )(?:carefully |also |further |"
        r"then ){0,6}(?:refine|customi[sz]e|tailor|adapt|finali[sz]e|expand|locali[sz]e|"
        r"personali[sz]e|populate|fill (?:in|out)|rewrite|edit|modify|adjust|amend|revise|"
        rf"replace|complete) (?:and \w+ |or \w+ )?(?:{THIS}|it\b(?= to (?:fit|suit|match|"
        r"reflect|your|meet))|all (?:placeholders|bracketed|sections)|(?:each|every|"
        r"any) (?:section|clause|placeholder|bracket\w*|paragraph)|the (?:placeholders?|"
        r"bracketed|brackets|details|highlighted|fields|blanks|information in|text in|items in|"
        r"sections)\b)",
        unless=(
            r"\bwe (?:may|can|will|reserve|might|could|also)|\bright to|\bour right\b|"
            r"\b(?:form|your (?:order|account|profile|registration|settings|purchase|request)|"
            r"survey|checkout|parties|either party|waive|agree not to|at any time|our sole "
            r"discretion|from time to time|reverse engineer|derivative|shall not|may not|must "
            r"not|cannot|consent to)\b"
        ),
    ),
    certain(
        "update replace change fill complete expand",
        r"(?:\b(?:remember to|make sure to|make sure you|be sure to|don't forget to|do not "
        r"forget to|please|you (?:should|must|need to|will need to)) )(?:also )?(?:update|"
        r"replace|change|fill in|fill out|complete|expand) (?:this|these|the (?:above|"
        r"following|below)) (?:\w+ )?(?:section|clause|paragraph|template|placeholders?|"
        r"wording|text|list|table|date|dates|line|page|policy|notice|document|language|terms)\b",
        unless=r"\b(?:form|your (?:account|profile|order|browser)|we)\b",
    ),
    certain(
        "delete remove omit drop strike include use keep retain",
        r"(?:\A\W*|[.;:,(\[] ?(?:and |or |please |otherwise )?|\bplease |\byou (?:can|may|"
        r"should|must) |\bshould be |\bmust be |\bcan be )(?:delete|remove|omit|drop|strike|"
        r"keep|retain|use|include|deleted|removed|omitted) (?:this|these|the (?:following|"
        r"above|preceding|next)) (?:\w+ ){0,2}(?:section|clause|paragraph|sentence|note|line|"
        r"instructions?|box|notice|text|bullet|row|part|guidance|comment|wording|language|"
        r"option|version|alternative|provision|heading|block|item)s? (?:only )?(?:if|when|"
        r"before|once|unless|where|after|in case|for)\b",
        unless=r"\bwe\b|\bnotice (?:from|on)\b|copyright",
    ),
    certain(
        "delete strike remove omit",
        r"(?<!\*\) )(?<!\* )(?<!\*)\b(?:delete|strike(?: out)?|remove|omit|deleted|removed|"
        r"adapt|amend) (?:(?:or \w+|as|if|where|whichever is|any|that are|those|which are|when|"
        r"parts?|sections?|what is|what's|whatever) ){1,5}(?:not )?(?:applicable|appropriate|"
        r"necessary|relevant|needed|apply|required|inapplicable|used)\b",
        unless=(
            r"\bwe\b|\b(?:our|your) (?:data|information|content|account)|personal (?:data|"
            r"information)|\bcontent\b|\bcookies\b|\brecords?\b"
        ),
    ),
    certain(
        "choose select pick use adopt",
        r"(?:\A\W*|\(|\[)(?:please )?(?:choose|select|pick) (?:(?:one|either|whichever)(?: "
        r"(?:of the following|of these|of the))?(?: (?:options?|clauses?|paragraphs?|versions?|"
        r"alternatives?|wordings?))?(?: below)?(?=\W*\Z|:)|the (?:appropriate|applicable|"
        r"relevant|correct) (?:option|clause|wording|language|version|alternative|paragraph|"
        r"section|text))\b(?! of (?:our|the (?:plans|products|payment|available)))|\[(?:choose|"
        r"select)",
        unless=(
            r"\b(?:plan|payment|checkout|shipping|categories of cookies|menu|banner|settings|"
            r"cookie|drop-?down|form|app|browser)\b"
        ),
    ),
    certain(
        "optional",
        r"\A\W*OPTIONAL(?: (?:CLAUSE|SECTION|PARAGRAPH|LANGUAGE|WORDING|TEXT|"
        r"PROVISION))?\s?[:—–-]|\A\W*Optional (?:clause|section|paragraph|language|wording|text|"
        r"provision)(?:\s?[:—–-]|\W*\Z)",
        case=True,
    ),
    possible(
        "option alternative alternatively variant",
        r"\A\W*(?:OPTION|ALTERNATIVE|VARIANT|Option|Alternative|Variant) ?[A-C1-4](?:\s?[:—–]| "
        r"- )",
        unless=r"\b(?:payment|pay|plan|write to us|contact us|call us)\b",
        case=True,
    ),
    certain(
        "here below",
        r"(?:\A\W*|[:;,.(–—-] ?(?:please |then |and )?|\byou (?:should|must|need to|will need "
        r"to|may want to|can then|would) (?:also |then )?|\b(?:please|to be|should be|must be|"
        r"be sure to|remember to) )(?:insert|inserted|put|place|placed|publish|list|listed|"
        r"describe|described|specify|specified|state|stated|provide|provided|include|included|"
        r"name|named|fill in|document|disclose|disclosed|add|added|outline|enumerate|explain|"
        r"set out|identify|supply|supplied|detail|summari[sz]e|mention) "
        r"(?:(?!\bhere\b)[\w'’/,()&-]{1,24} ){1,14}here\b(?!['’]?s\b)(?! (?:to|for (?:more|"
        r"further|details)))",
        unless=(
            r"\b(?:click|tap|found|find|see|read|visit|available|learn|opt[- ]?out|manage|as "
            r"(?:listed|described|set out|defined|stated)|listed here|described here|provided "
            r"here|uploads?|comments?|reviews?|your (?:property|listing|profile|resume|ad|"
            r"message|question|feedback|request|e-?mail address|order|content|photos?|items?|"
            r"event)|we (?:\w+ )?(?:list|describe|provide|explain|include|set out|collect|"
            r"publish)|(?:is|are|was|were|not|information|policies?|terms|practices|"
            r"definitions?) (?:provided|described|listed|included|stated|set out|specified|"
            r"disclosed))\b"
        ),
    ),
    certain(
        "insert",
        r"(?:\A\W*|[:;,.(–—-] ?|\b(?:please|to be|should|must) )insert(?:ed)? (?:(?:your|the|a|"
        r"an|effective|registered|relevant|current|correct|actual|legal|privacy|own|company|"
        r"business|name|names|full|contact|date|link|details|relevant|address|email|"
        r"any|list|appropriate|applicable|number|url|here|registered|as appropriate)\b ?){1,6}",
        unless=r"\b(?:cards?|coin|battery|chip|sim|disk|usb|disc|code|malicious|links? to)\b",
    ),
    certain(
        "inserted supplied completed added drafted confirmed determined provided decided "
        "written filled finalized finalised follow agreed advised",
        r"[:–—(\[-] ?(?:details? |address |date |information )?to (?:be|follow)(?: "
        r"(?:determined|confirmed|completed|added|inserted|supplied|drafted|decided|"
        r"finali[sz]ed|provided|written|filled in|filled|announced|agreed|advised|"
        r"updated))?(?: (?:by (?:legal|counsel|client|the client|company)|here|later|soon|"
        r"before launch|shortly))?\W*\Z|\A\W*to be (?:added|confirmed|determined|completed|"
        r"inserted|decided|announced|written|drafted|supplied|provided|finali[sz]ed|"
        r"updated)(?: (?:soon|later|shortly|here))?\W*\Z|\b(?:is|are) (?:still |yet )?to be "
        r"(?:confirmed|determined|decided|added|appointed|named|written|inserted|completed|"
        r"drafted|announced)\W*\Z|\bto be (?:inserted|supplied|filled in|drafted|written|"
        r"completed|finali[sz]ed|confirmed|added|provided|determined|decided) (?:here|later|by "
        r"(?:the )?(?:legal(?: team)?|counsel|client|lawyers?|attorneys?|company|controller|"
        r"trader|publisher)\b|before (?:launch|publication|publishing|go)|prior to (?:launch|"
        r"publication)|once|upon launch|soon|shortly)",
        unless=(
            r"\b(?:orders?|deliver(?:y|ies)|features?|fees?|disputes?|arbitrat\w*|payments?|"
            r"shipping|purchases?|bookings?|court|forms? (?:is|to)|submitted|your)\b"
        ),
    ),
    certain(
        "soon follow progress construction",
        r"\A\W*(?:(?:content|details|text|section|this section|this page|more (?:information|"
        r"details)|full (?:policy|text|terms)|policy|privacy policy|information|terms)(?: is| "
        r"are)? )?(?:coming soon|to follow|under construction|in progress|being (?:drafted|"
        r"written|prepared|finali[sz]ed|updated))\W*\Z|\A\W*(?:this is (?:still )?a )?work "
        r"in progress\b(?=\W*\Z|\s?[:;,(–—-])|\b(?:policy|terms|page|document|section|notice|"
        r"text|version|draft|wording) (?:is|are|remains?) (?:\w+ ){0,3}work in progress\b|"
        r"\b(?:policy|terms|page|document|section|notice) (?:is|are) (?:currently |"
        r"still )?(?:under construction|being (?:drafted|finali[sz]ed|written|prepared))\b|"
        r"\buntil (?:the|this|our) (?:formal|final|full|official) (?:policy|terms|version|notice|"
        r"document) (?:is|are|has|have)\b",
    ),
    certain(
        "keep retain include leave delete strike remove use",
        r"(?:\A\W*|[;:,(] ?(?:and )?|\bplease |\bthen )(?:keep|retain|include|leave|delete|"
        r"strike|remove|use)(?: out| in)? (?:only |just )?(?:(?:[\w-]{1,15} ){0,3}(?:bullets?|"
        r"bullet points?|items?|sections?|clauses?|paragraphs?|options?|statements?|sentences?|"
        r"ones|rows?)|whichever|whatever) (?:[\w'-]{1,15} ){0,4}(?:apply|applies|applicable|"
        r"appropriate|relevant|inapplicable|irrelevant|needed|required)\b",
        unless=r"\bwe\b|\bcart\b|\border\b",
    ),
    certain(
        "necessary needed required appropriate applicable fit relevant",
        r"\A\W*(?:please )?(?:amend|edit|modify|adapt|adjust|change|customi[sz]e|revise|tailor|"
        r"update|expand|complete|add|delete) (?:(?:this|these|the (?:list|text|wording|above|"
        r"section)|and \w+|or \w+) )?as (?:necessary|needed|required|appropriate|applicable|"
        r"you see fit|relevant)\b",
        unless=r"\A\W*\*",
    ),
    # What to do before it goes live.
    certain(
        "before prior until upon ahead once",
        r"(?:\A\W*|[,;:] (?:and |then |please )?|\b(?:please|should|must|to|remember to|you) "
        r")(?:be )?(?:replaced?|insert(?:ed)?|add(?:ed)?|complete[d]?|remove[d]?|delete[d]?|"
        r"customi[sz]e[d]?|tailor(?:ed)?|adapt(?:ed)?|confirm(?:ed)?|verif(?:y|ied)|"
        r"finali[sz]ed?|fill(?:ed)?|swap(?:ped)?|have|get|reviewed|checked|supplied|provided|"
        r"updated?|look)\b.{0,120}\b(?:before|prior to|until|upon|ahead of) (?:you |it |this |"
        r"final |public |production |the |its ){0,6}(?:publish(?:ing|ed)?|publication|launch(?:ing|"
        r"ed)?|go(?:es|ing)? live|go-live|deploy(?:ing|ment|ed)?|going public|production)(?= "
        rf"(?:this|it|the {TEXT})|\W*\Z|[,;:.])",
        unless=(
            r"\b(?:we|our|us)\b|\byour (?:listings?|posts?|content|videos?|ads?|apps?|profiles?|"
            r"photos?|articles?|streams?|site|store|campaigns?)\b|\bpreview"
        ),
    ),
    certain(
        "before prior until",
        r"\A\W*(?:before|prior to|until) (?:you |it |this |final |public |production |the |"
        r"its ){0,6}(?:publish(?:ing)?|publication|launch(?:ing)?|go(?:es|ing)? live|go-live|"
        rf"deploy(?:ing|ment)?)(?: (?:this|it|the {TEXT}))?, (?:please )?(?:replace|insert|add|"
        r"complete|remove|delete|customi[sz]e|tailor|adapt|confirm|verify|finali[sz]e|fill|swap|"
        r"have|get|ask|make sure|check|review|update)\b",
        unless=(
            r"\b(?:we|our|us)\b|\byour (?:listings?|posts?|content|videos?|ads?|profiles?|"
            r"photos?|articles?|streams?)\b"
        ),
    ),
    # What to delete because it does not apply.
    certain(
        "delete remove omit drop otherwise",
        r"(?:\A\W*|[,;:(] ?(?:then |please |and |otherwise )?|\bplease |\botherwise )(?:delete|"
        r"remove|omit|drop) (?:this|the (?:next|following|above|preceding|previous|entire|"
        r"whole)|that|these) (?:\w+ )?(?:section|clause|paragraph|sentence|bullet|note|banner|"
        r"box|placeholder|instruction|guidance|wording|heading|template|boilerplate|line|row|"
        r"callout|disclaimer)s?\b|\botherwise,? (?:delete|remove|omit)\b\W*(?:\Z|it|this|the)",
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
        r"\A\W*(?:please )?(?:replace|swap|substitute|exchange)(?: "
        r"(?!your\b)[\w'/-]{1,20}){0,6} (?:with|for|by) (?:your (?!device|item|old|new|order|"
        r"product|password|card|money)|the (?:real|actual|correct|name|address|details) |an? "
        r"(?:real|actual) )|\byou(?:'ll|'ll want to| will| should| must| need to| can)(?: "
        r"\w+){0,3}? (?:swap|replace|substitute) (?:in |out )?(?:your own|these|this (?:text|"
        r"paragraph|section|wording)|the (?:names?|details|placeholders?|example))",
        unless=r"\b(?:we|our|us)\b",
    ),
    certain(
        "update change adjust swap amend",
        r"(?:\A\W*(?:please )?|\byou(?:'ll| will) (?:need|have|want) to )(?:update|change|"
        r"adjust|swap|amend|edit|rework) (?:this|these|the (?:above|following|below)|the) "
        r"(?:\w+ )?(?:section|clause|paragraph|wording|text|list|sections|clauses|paragraphs|"
        r"periods?|placeholders?|names?|example)s?\b.{0,60}\b(?:your?|own|actual|reflect|"
        r"match)\b",
        unless=(
            r"\b(?:we|our|us)\b|\byour (?:settings|browser|account|profile|device|order|"
            r"preferences)\b|\bin (?:the|your) app"
        ),
    ),
    certain(
        "add remove",
        r"\A\W*(?:please )?(?:add|remove|add or remove|add to|extend|shorten) "
        r"(?:or remove )?(?:items|entries|rows|bullets|sections|points|lines|cookies|vendors|"
        r"categories) (?:\w+ ){0,4}(?:so that|as|to match|to reflect|where|if|you)\b",
        unless=r"\b(?:we|our|us|cart|basket|wish ?list|settings|workspace)\b",
    ),
    certain(
        "choose select pick",
        r"\A\W*(?:please )?(?:choose|select|pick) (?:whichever|the|which|one of the) "
        r"(?:[\w-]+ ){0,3}?(?:clause|wording|paragraph|lawful basis|legal basis|alternative|"
        r"provision|bracketed|definition)s?\b",
        unless=r"\b(?:we|our|us|banner|settings)\b",
    ),
    certain(
        "remove delete omit strike",
        r"\A\W*(?:please )?(?:delete|remove|omit|strike) (?:any|all|those|the) "
        r"(?:[\w-]+ ){0,5}(?:that|which) (?:do not|don't|does not|doesn't|are not|is not) (?:apply|"
        r"applicable|relevant)\b",
        unless=r"\b(?:we|our|us)\b",
    ),
    certain(
        "italics asterisk marked bold brackets red yellow",
        r"\b(?:clauses?|sections?|items?|text|words|wording|paragraphs?|passages|parts|"
        r"provisions|sentences|language) (?:that are |which are )?(?:marked|in italics|in bold|"
        r"in red|in yellow|in (?:square )?brackets|highlighted|with an? asterisk|shown "
        r"in)\b.{0,60}?\b(?:(?:may|can|should|must|need to) be (?:removed|deleted|omitted|"
        r"replaced|completed|adapted|changed|amended|filled)|(?:is|are) (?:optional|guidance|"
        r"instructions|notes|for guidance|not part))",
        unless=r"\b(?:we|our|us|form|checkout)\b",
    ),
    certain(
        "adapt edit modify customize customise tailor adjust change",
        r"\b(?:so|and|please|then|but) (?:please |do |be sure to )?(?:adapt|edit|modify|"
        r"customi[sz]e|tailor|adjust|change|amend) (?:it|this|them) (?:as (?:needed|necessary|"
        r"required|appropriate)|to (?:fit|suit|match|reflect|your)|for your|accordingly)\b",
        unless=(
            r"\b(?:we (?:may|can|will|reserve)|our right|settings|profile|preferences|you (?:can|"
            r"may))\b"
        ),
    ),
    certain(
        "confirmed checked verified validated adapted",
        r"\b(?:should|must|needs? to|has to|have to) be (?:confirmed|checked|verified|validated|"
        r"adapted|assessed|reviewed) (?:for|against|with|in light of) your (?:own |actual |"
        rf"specific |particular )?(?:jurisdictions?|{AUDIENCE}|practices|processing|"
        r"circumstances)\b",
        unless=(
            r"\bwith your (?:service|team|vendor)|\b(?:order|orders|invoice|delivery|payment|"
            r"identity)\b"
        ),
    ),
    certain(
        "your",
        rf"\byour (?:{AUDIENCE}) (?:should|must|needs to|will need to) "
        rf"(?:also )?{WRITE}\b.{{0,80}}\b(?:here|in this (?:section|policy|notice|document|"
        r"page))\b",
    ),
    certain(
        "will",
        r"\bwill be (?:added|completed|provided|supplied|inserted|finali[sz]ed|confirmed|"
        r"written|drafted|filled in) (?:here )?(?:before|prior to|at|upon|by|after) "
        r"(?:the )?(?:production |product |public |final ){0,6}(?:launch|publication|go-live|"
        r"legal review|release|counsel|legal)\b",
        unless=r"\b(?:we|features?|orders?|products?|invoice)\b",
    ),
    certain(
        "say be include give",
        r"\A\W*(?:please |also )?(?:say|include (?:the )?(?:details|information|names) (?:of|about|"
        r"on)|be (?:specific|clear|explicit|precise|open|transparent|honest)(?: here)? (?:about|"
        rf"on)) (?:[\w'/,-]{{1,24}} ){{0,14}}?(?:you (?:\w+ly |will |do |may )?(?:{PROCESS}|use)\b|"
        rf"your (?:(?:sub-?)?processors|vendors|cookies|{AUDIENCE})\b)",
        unless=(
            r"\b(?:to us|contact us|with us|our (?:site|services?|products?|app|website|platform|"
            r"team|staff|support)|requests?|complaints?|account|order|when you)\b"
        ),
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
        rf"(?:{AUDIENCE}|system|systems|products?|software|model|models|staff|"
        r"employees) )(?:\w+s\b|do\b|have\b)",
        unless=(
            r"\b(?:to us|contact us|with us|our|requests?|problems?|issues?|complaints?|"
            r"account)\b"
        ),
    ),
)
