"""What somebody is told to do with the text: customise it, delete what does not apply.

Pure.
"""

from __future__ import annotations

from policies.findings_phrases import EDITED, THIS, maybe, surely

PATTERNS = (
    surely(
        "refined customized customised tailored adapted finalized finalised expanded "
        "localized localised personalized personalised populated filled rewritten fleshed "
        "edited supplemented replaced completed adjusted amended reworked aligned vetted",
        rf"(?:\b{THIS}|\b(?:it|they|which|that|and|but|the (?:details|wording|language|"
        r"names?)))\b(?: below| above)?(?:,? (?:however|therefore|also))?,? (?:should|must|"
        r"needs? to|has to|have to|ought to|will need to|is to|are to|still needs? to|can|may) "
        r"(?:also |then |always |still |first |further |further be |carefully )*be (?:further |"
        rf"carefully |fully |properly |\w+ly )*{EDITED}\b(?! by (?:us|you\b|the (?:user|"
        r"customer|court|parties)))(?=.*\b(?:your?|launch|production|publi\w+|jurisdictions?|"
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
    surely(
        "refine customize customise tailor adapt finalize finalise expand localize localise "
        "personalize personalise populate fill rewrite edit modify replace complete adjust "
        "amend revise update delete remove change align review verify confirm check insert add",
        r"(?:\A\W*|[,;:] (?:and |then |please )?|\b(?:please|you (?:should|must|need to|will "
        r"need to|have to|can|may|may need to|may want to|are advised to|may wish to|are "
        r"encouraged to)|be sure to|make sure to|make sure you|remember to|don't forget to|do "
        r"not forget to|feel free to|and|to|then|simply|always) )(?:carefully |also |further |"
        r"then )*(?:refine|customi[sz]e|tailor|adapt|finali[sz]e|expand|locali[sz]e|"
        r"personali[sz]e|populate|fill (?:in|out)|rewrite|edit|modify|adjust|amend|revise|"
        rf"replace|complete) (?:and \w+ |or \w+ )?(?:{THIS}|it\b(?= to (?:fit|suit|match|"
        r"reflect|your|meet))|all (?:placeholders|bracketed|fields|sections)|(?:each|every|"
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
    surely(
        "update replace change fill complete expand",
        r"(?:\b(?:remember to|make sure to|make sure you|be sure to|don't forget to|do not "
        r"forget to|please|you (?:should|must|need to|will need to)) )(?:also )?(?:update|"
        r"replace|change|fill in|fill out|complete|expand) (?:this|these|the (?:above|"
        r"following|below)) (?:\w+ )?(?:section|clause|paragraph|template|placeholders?|"
        r"wording|text|list|table|date|dates|line|page|policy|notice|document|language|terms)\b",
        unless=r"\b(?:form|your (?:account|profile|order|browser)|we)\b",
    ),
    surely(
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
    surely(
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
    surely(
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
    surely(
        "optional",
        r"\A\W*OPTIONAL(?: (?:CLAUSE|SECTION|PARAGRAPH|LANGUAGE|WORDING|TEXT|"
        r"PROVISION))?\s?[:—–-]|\A\W*Optional (?:clause|section|paragraph|language|wording|"
        r"text|provision)\b",
        case=True,
    ),
    maybe(
        "option alternative alternatively variant",
        r"\A\W*(?:OPTION|ALTERNATIVE|VARIANT|Option|Alternative|Variant) ?[A-C1-4](?:\s?[:—–]| "
        r"- )",
        unless=r"\b(?:payment|pay|plan)\b",
        case=True,
    ),
    surely(
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
    surely(
        "insert",
        r"(?:\A\W*|[:;,.(–—-] ?|\b(?:please|to be|should|must) )insert(?:ed)? (?:(?:your|the|a|"
        r"an|company|business|name|names|full|contact|date|link|details|relevant|address|email|"
        r"any|list|appropriate|applicable|number|url|here|registered|as appropriate)\b ?){1,6}",
        unless=r"\b(?:cards?|coin|battery|chip|sim|disk|usb|disc|code|malicious|links? to)\b",
    ),
    surely(
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
    surely(
        "soon follow progress construction",
        r"\A\W*(?:(?:content|details|text|section|this section|this page|more (?:information|"
        r"details)|full (?:policy|text|terms)|policy|privacy policy|information|terms)(?: is| "
        r"are)? )?(?:coming soon|to follow|under construction|in progress|being (?:drafted|"
        r"written|prepared|finali[sz]ed|updated))\W*\Z|\bwork in progress\b|\b(?:policy|terms|"
        r"page|document|section|notice) (?:is|are) (?:currently |still )?(?:under construction|"
        r"being (?:drafted|finali[sz]ed|written|prepared))\b|\buntil (?:the|this|our) "
        r"(?:formal|final|full|official) (?:policy|terms|version|notice|document) (?:is|are|"
        r"has|have)\b",
    ),
    surely(
        "keep retain include leave delete strike remove use",
        r"(?:\A\W*|[;:,(] ?(?:and )?|\bplease |\bthen )(?:keep|retain|include|leave|delete|"
        r"strike|remove|use)(?: out| in)? (?:only |just )?(?:(?:[\w-]{1,15} ){0,3}(?:bullets?|"
        r"bullet points?|items?|sections?|clauses?|paragraphs?|options?|statements?|sentences?|"
        r"ones|rows?)|whichever|whatever) (?:[\w'-]{1,15} ){0,4}(?:apply|applies|applicable|"
        r"appropriate|relevant|inapplicable|irrelevant|needed|required)\b",
        unless=r"\bwe\b|\bcart\b|\border\b",
    ),
    surely(
        "necessary needed required appropriate applicable fit relevant",
        r"\A\W*(?:please )?(?:amend|edit|modify|adapt|adjust|change|customi[sz]e|revise|tailor|"
        r"update|expand|complete|add|delete) (?:(?:this|these|the (?:list|text|wording|above|"
        r"section)|and \w+|or \w+) )?as (?:necessary|needed|required|appropriate|applicable|"
        r"you see fit|relevant)\b",
        unless=r"\A\W*\*",
    ),
)
