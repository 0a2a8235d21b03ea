"""Patterns for what the publisher has, does and will do: "your actual data practices"."""

from policies.text.findings.drafting_notes.patterns import (
    AUDIENCE,
    OWN,
    PROCESS,
    TEXT,
    WRITE,
    certain,
    possible,
)

PATTERNS = (
    certain(
        "your",
        rf"\byour (?:{OWN} ){{1,3}}(?:(?:privacy|cookie|legal|data|processing|business|retention|"
        r"consent|security|third-party|sharing|compliance|launch|production) ){0,3}(?:policy|"
        r"policies|notice|terms|legal review|launch|practices|vendors?|processors?|"
        r"sub-?processors?|tools|stack|retention|retention periods?|data flows?|jurisdictions?|"
        r"providers?|setup|implementation|configuration|cookies|company|business|entity|processing|"
        r"processes|legal entity|contact details|details|version|document|site|website|product|"
        r"practice|operations|use of|agreements?|list)\b",
        unless=r"\b(?:your (?:own|current|actual|particular|specific|final) (?:privacy )?(?:policy|"
        r"policies|terms|notice|website|site|business|jurisdiction|company|product|details|contact "
        r"details|jurisdictions?|cookies|version|agreements?|tools|providers?|configuration|"
        r"document|list|processing|setup)\b(?!.{0,300}\bshould (?:include|describe|contain|list|"
        r"state|set out|explain|determine|reflect|disclose|name))|app store)",
    ),
    certain(
        "your actually",
        r"\b(?:you|your (?:company|business|team|site|app|product)) actually (?:use|collect|"
        r"process|share|do|have|set|store|retain|sell|offer|need|operate|perform|deploy|rely|"
        r"employ|provide|support)s?\b",
        unless=r"\b(?:item|product|goods|service) you actually|purchase|order|paid|\bpay\b|charge|"
        r"\bbill|consum|\bfees?\b",
    ),
    certain(
        "your you launch production publication live",
        r"\b(?:for|before|prior to|until|at|upon|by|ahead of|in) (?:your |the |a |any |our |final |"
        r"actual |public |full |first ){0,6}(?:production launch|production (?:site|use|deployment|"
        r"release|version|environment|website|app)|go-live|going live|launch(?:ing)? (?:day|"
        r"date)?)\b(?=.{0,300}\b(?:this|policy|replace|review\w*|update|counsel|lawyer|attorney|"
        r"legal|confirm|customi[sz]e|refined?|placeholder|complete|your|insert|remove|delete|"
        r"document)\b)",
        unless=r"\b(?:we|our) (?:\w+ )?(?:test|launch|release|beta|review|deploy|check|scan|audit|"
        r"use|stage|assess|conduct)\w*\b|\bproduct launch\b|\byour (?:campaign|app|content|"
        r"order)\b|\bbeta\b",
    ),
    certain(
        "publish publishing publication published",
        r"\b(?:before|prior to|until|when|upon|ahead of|for) (?:you |final |public |its |the "
        r"){0,6}(?:publish(?:ing)?|publication)\b(?=.{0,300}\b(?:this|these|it|policy|terms|"
        r"placeholder\w*|counsel|lawyers?|attorneys?|legal|brackets?|document|page|template|"
        r"draft)\b)(?=.{0,300}\b(?:review\w*|replac\w*|updat\w*|customi[sz]\w*|confirm\w*|"
        r"complet\w*|verif\w*|check\w*|insert\w*|remov\w*|delet\w*|fill\w*|adapt\w*|tailor\w*|"
        r"add\w*|counsel|lawyers?|attorneys?|draft\w*|placeholder\w*|approv\w*)\b)",
        unless=r"\b(?:we|our|us|your (?:content|review|comment|listing|ad|post|photo|profile|work|"
        r"article|submission)s?|reviews? (?:are|is)|comments? (?:are|is)|content|advert\w*|"
        r"moderat\w*|effective)\b",
    ),
    certain(
        "publish designate designated",
        r"\b(?:contact(?:ing)?|reach(?:ing)?|writ(?:e|ing) to|e?-?mail(?:ing)?|using|through|via|"
        r"at|to|by) .{0,60}?\b(?:contact )?(?:details|information|address|email|channels?|form|"
        r"point|number)s? (?:that |which )?you (?:publish|have published|will publish|designate|"
        r"have designated|choose to publish|make available|set up|list)\b(?=.{0,40}\b(?:for|in "
        r"this|on this|here)\b|\W*\Z)",
        unless=r"\b(?:visible|public|other (?:users|members)|profile|listing|directory|buyers?|"
        r"guests?)\b",
    ),
    certain(
        "designated publish provide list include add insert state",
        r"\byou (?:should|must|need to|will need to|ought to|have to|may want to|are required to|"
        r"would) (?:also |then |clearly |at least )?(?:publish|designate|list|include|insert|add|"
        r"describe|disclose|specify|explain|state|name|identify|document|link|provide|mention|"
        r"outline|set out) (?:(?:your|the|a|an|any|all|each|every|that|which|how|what|whether|"
        r"clear|specific|accurate|more|precise|additional) ){1,4}(?:\w+ ){0,3}?(?:privacy "
        r"(?:contact|email|policy|notice|team|address)|designated|dpo\b|data protection officer|"
        r"legal (?:entity|basis|bases)|lawful bas|registered (?:office|address)|retention "
        r"(?:periods?|schedule)|sub-?processors?|processors|supervisory authority|effective date|"
        r"governing law|vendors|third[- ]part(?:y|ies) (?:you|that)|cookies? (?:you|table|list|"
        r"policy|details)|categories of|international transfers?|transfer mechanism|company "
        r"(?:name|details|address)|business name|jurisdiction)\b(?=.{0,300}\b(?:here|this "
        r"(?:section|policy|page|clause|notice|document)|you (?:use|collect|share|rely)|below|such "
        r"as|if you)\b|\W*\Z)",
        unless=r"\b(?:our|to your (?:users|end users|customers|visitors)|your end users|in your "
        r"(?:own )?privacy policy|your users|developers?|publishers?|google|controllers?|API|SDK|"
        r"request|complaint|claim|application|in (?:the|your) (?:subject|message|email|letter))\b",
    ),
    certain(
        "your policy notice terms",
        r"\byour (?:(?:final|production|published|actual|completed|finished|live|specific|launch) "
        r"){1,3}(?:privacy |cookie |legal )?(?:policy|notice|terms|document|page|version|text|"
        r"statement) (?:should|must|needs? to|will need to|ought to|will|can|may)\b",
    ),
    possible(
        "your policy notice terms",
        r"\byour (?:privacy |cookie )?(?:policy|notice|statement|terms) (?:should|needs? to|ought "
        r"to)\b",
        unless=r"\b(?:users|API|SDK|developers?|google|apple|end users)\b",
    ),
    certain(
        "section clause paragraph policy notice page document",
        r"\b(?:this|the) (?:section|clause|paragraph|part|heading|bullet|list|table|final policy|"
        r"final version|production version|published version|finished policy|production policy|"
        r"final notice|final document)(?: (?:of (?:this|the) \w+|below|above))? (?:should|must|"
        r"needs? to|ought to|will need to|is where you|can be used to|would typically|typically|"
        r"usually|is meant to|will) (?:also |clearly |then |always |briefly |at minimum "
        r"){0,6}(?:include|describe|explain|list|identify|contain|disclose|specify|state|name|"
        r"cover|mention|set out|outline|detail|summari[sz]e|provide|be (?:customi[sz]ed|tailored|"
        r"adapted|updated|replaced|completed|removed|deleted|expanded|used|included)|reflect|"
        r"address|tell|reference|document|should|you)\b",
        unless=r"\b(?:prevail|survive|not be (?:construed|interpreted|included)|read together|"
        r"interpreted|construed|apply|deemed|as (?:limiting|a waiver)|be removed (?:by|from) (?:us|"
        r"a court)|from time to time|order form|statement of work)\b",
    ),
    possible(
        "version policy page notice",
        r"\b(?:the|this|each|any|every) (?:latest|current|updated|revised|published|new|most "
        r"recent|privacy)? ?(?:version|policy|page|notice|privacy policy|document) (?:should|"
        r"needs? to|ought to) (?:also |clearly |always )?(?:display|show|include|contain|list|"
        r"describe|state|specify|identify|explain|name|disclose|carry|mention|reflect|provide|set "
        r"out|link)\b",
    ),
    certain(
        "your business company organization organisation jurisdiction practices needs",
        r"(?:\b(?:based on|according to|reflect(?:s|ing)?|match(?:es|ing)?|depending on|specific "
        r"to|appropriate (?:to|for)|relevant to|applicable to|fit(?:s|ting)?|suit(?:s|ing)?|apply "
        r"to|applies to|in line with|consistent with|to meet|accurately describe) (?:how |what "
        rf")?(?:your|you) (?:{OWN} |particular |company's |\w+ )?(?:business(?:es)?(?: model| "
        r"practices| needs)?|company|organi[sz]ation|jurisdictions?|practices|data (?:practices|"
        r"processing|flows|handling)|processing(?: activities)?|operations|circumstances|use case|"
        r"tech stack|stack|legal requirements|situation|implementation|industry|"
        r"product)\b)(?=.{0,300}\b(?:customi[sz]e|adapt|tailor|modify|edit|adjust|refine|update|"
        r"replace|template|this (?:policy|document|section|clause|text|notice)|delete|remove|"
        r"revise|include|list)\w*\b)",
        unless=r"\b(?:we|our|us)\b|\brights\b|\bcontent|\bservices? (?:to|based)|\badvertis|"
        r"recommend",
    ),
    certain(
        "your business company organization organisation",
        r"\A\W{0,3}(?:(?:if|as|where) (?:applicable|relevant|appropriate) (?:to|for) your "
        r"(?:business|company|organi[sz]ation|site|app)|as applicable to your|tailor|customi[sz]e|"
        r"adapt|localise|localize)\b(?=.{0,300}\b(?:your|this|the above|template|section)\b)",
        unless=r"\b(?:experience|settings?|preferences|feed|ads?|content|profile)\b",
    ),
    certain(
        "describe explain list outline specify state detail document summarize summarise identify "
        "disclose clarify indicate mention name set note address cover define tell inform",
        rf"\A\W*(?:briefly |clearly |please |also |here,? )?{WRITE} "
        rf"(?!your\b)(?:[\w'/,()&-]{{1,24}} ){{1,14}}?(?:you(?:r {AUDIENCE})? (?:\w+ly |will |do |"
        rf"may |also |has |have )?(?:{PROCESS}|takes?|uses?|put|implemented?|adopted?|rel(?:y|ies) "
        rf"on|in place|shares?|collects?)\b|your {AUDIENCE}\b)",
        unless=r"\b(?:requests?|complaints?|claims?|infring\w*|object\w*|issues?|problems?|to us|"
        r"us (?:which|what|how|why|when|that|if|about)|contact us|with us|our (?:site|services?|"
        r"products?|app|website|platform|team|staff|support)|subject line|account|number|ticket|"
        r"we)\b|:\Z",
    ),
    certain(
        "tell inform explain let",
        r"\A\W*(?:please )?(?:tell|inform|explain to|let) your (?:users|visitors|customers|readers|"
        r"clients|subscribers|site visitors) (?:how|what|that|about|which|whether|why|know)\b",
        unless=r"\bwe\b|\bour (?:API|SDK|service)",
    ),
    certain(
        "section subsection here",
        r"\b(?:in|under|for) this (?:sub-?)?section,? (?:please )?(?:you (?:should|can|could|may|"
        r"might|need to|must|will want to)(?! (?:find|learn|read|see|review|view))|(?:briefly |"
        rf"clearly )?{WRITE}\b)|\A\W*here,? you (?:should|could|can|may|might|need to|must|will "
        rf"want to) (?:also )?{WRITE}\b",
        unless=r"\brequests?\b|\bto us\b",
    ),
    certain(
        "should could might need want",
        r"\byou (?:should|could|might want to|may want to|need to|will want to|may wish to) "
        rf"(?:also |then |always |clearly )?(?:{WRITE}|include|add|link to) (?:here )?(?:what|"
        r"which|any (?:collection|use|processing|plugins?|cookies|analytics|third|embedded|other)|"
        r"how you|whether you|how long you|(?:a|an|another|the following) (?:\w+ )?(?:section|"
        r"paragraph|clause|statement|disclosure|disclaimer|provision|sentence)|that (?:you|your|"
        r"data|visitors|users))\b",
        unless=r"\b(?:requests?|complaints?|claims?|to us|object|API|SDK|developers?|end users|in "
        r"your (?:own )?(?:privacy )?(?:policy|notice))\b",
    ),
    certain(
        "consider advisable recommended recommend idea want wish might",
        r"(?:\A\W*|\b(?:please|should|also|to) )(?:consider|we recommend|it is (?:advisable|"
        r"recommended|a good idea) to|you may want to|you might want to|you may wish to) (?:also "
        r")?(?:adding|including|inserting|mentioning|linking|disclosing|add|include|insert|mention|"
        r"disclose) (?:(?:a|an|another|the) (?:\w+ ){0,2}(?:section|paragraph|clause|statement|"
        r"disclosure|disclaimer|provision|sentence|table|list of)|that (?:data|you|your|"
        r"information))\b",
        unless=r"\bAPI\b|\bto us\b",
    ),
    certain(
        "will working drafting preparing writing finalizing finalising reviewing",
        rf"\bthis (?:{TEXT}) will be (?:replaced|completed|finali[sz]ed|written|expanded|updated|"
        r"rewritten) (?:before|prior to|once|with the (?:final|full|official|real)|when the "
        r"(?:final|full|lawyers|policy)|at launch)\b|\b(?:the|a) (?:final|full|official|definitive|"
        r"complete|real) (?:version|policy|text|terms|notice|wording|document) (?:will|shall|is to|"
        r"are to) (?:be (?:provided|published|supplied|written|drafted|added|posted|inserted|"
        r"prepared)|follow)\b|\b(?:working on|drafting|writing|preparing|finali[sz]ing|still "
        r"reviewing) this (?:page|policy|document|section|text|draft|notice)\b",
        unless=r"\border\b|\bcontract (?:will|shall)\b",
    ),
    certain(
        "owner operator publisher administrator",
        r"\bthe (?:owner|operator|publisher|administrator) of (?:this|the) (?:website|site|app|"
        r"business|policy|document) (?:should|needs to|ought to) (?:name|list|add|include|insert|"
        r"describe|state|provide|specify|disclose|explain|replace|review)\b",
    ),
    certain(
        "your dpo jurisdiction subprocessors vendors processors entity lawful",
        r"(?:\A\W*|[:;,–—] (?:and |then )?|\bplease |\bremember to |\bmake sure (?:to|you) |\bbe "
        r"sure to |\bdon't forget to )(?:fill in|substitute|list|add|insert|describe|specify|"
        r"outline|state|name|replace|update|document|detail|summari[sz]e|disclose|mention|include|"
        r"identify|explain|substitute|confirm|verify|define|check) (?:(?:all|any|each|every|here|"
        r"of|the|in|and|with|this|that|below|names?|which|what|how|contact|details|full|a|an|list) "
        r"){0,6}your (?:\w+ )?(?:sub-?processors?|processors|vendors|service providers|third[- "
        r"]part(?:y|ies)|legal (?:entity|basis|bases|name)|lawful bas[ei]s|retention|registered "
        r"(?:office|address)|jurisdiction|dpo|data protection officer|supervisory authority|"
        r"privacy (?:contact|email|address|team)|governing law|(?:own )?trading name|brand name|"
        r"company(?:'s)? (?:name|address|details|legal)|business(?:'s)? (?:name|address|details|"
        r"practices)|organi[sz]ation(?:'s)? (?:name|address|details)|website(?:'s)? (?:name|"
        r"address|url)|app(?:'s)? name|cookies|analytics|tools|data (?:practices|flows|categories)|"
        r"actual|specific|own (?:details|information|company)|processing|users|customers|practices|"
        r"hosting|payment processor|regulator|transfer mechanism)\b",
        unless=r"\b(?:profile|account|dashboard|workspace|invoices?|billing|your (?:request|"
        r"complaint|message|claim|letter|order|customers and|subject line)|to us\b|contact us|tell "
        r"us|help us|so (?:that )?we|we (?:can|may|will))\b",
    ),
    certain(
        "describe explain list outline specify state detail document summarize summarise identify "
        "disclose name clarify",
        r"(?:\A\W*|[:;–—(] ?)(?:briefly |clearly |please )?(?:describe|explain|list|outline|"
        r"specify|state|detail|document|summari[sz]e|identify|disclose|clarify|indicate|mention|"
        r"name|set out|include)(?: (?:here|in detail|clearly|exactly|precisely|the|all|any|each|"
        r"every|of|personal|data|information|categories|types|kinds|cookies|countries|purposes?|"
        r"vendors|third parties|tools|legal|basis|bases|for|in|plain|language|measures|safeguards|"
        r"retention|periods?|which|that|whom|with)){0,6} (?:what|how|which|whether|why|where|when|"
        r"who|if|that)?(?: \w+){0,4}? ?you (?:\w+ly |will |do |may )?(?:and your \w+ "
        rf")?{PROCESS}\b",
        unless=r"\b(?:request|complaint|claim|infring\w*|object\w*|issue|problem|to us|contact us|"
        r"our (?:site|services?|products?|app|website|platform))\b",
    ),
    possible(
        "describe outline specify summarize summarise list state explain reference mention clarify "
        "document disclose identify detail",
        r"\A\W*(?:briefly |clearly )?(?:describe|outline|specify|summari[sz]e|list|explain|"
        r"reference|clarify|disclose|identify|state|document|mention|detail)s? (?:the|all|any|each|"
        r"every|whether|how|what|which|why|when|categories|types)\b",
        unless=r"\b(?:requests?|complaints?|claims?|infring\w*|object\w*|issue|problems?|you "
        r"(?:wish|want|would|believe)|copyrighted|work|your (?:name|account|relationship|message)|"
        r"to us|we|your|report|happened|form|number|subject line|when you|ticket|reference|call)\b|"
        r"\b(?:this|our) (?:policy|notice)\b|:\Z",
    ),
    certain(
        "should must needs",
        r"\A\W*this (?:should|must|needs to) (?:also )?(?:describe|list|include|explain|contain|"
        r"state|name|cover|reflect|match|identify|specify|summari[sz]e) (?:\w+ ){0,3}?(?:your?|the|"
        r"all|any|each|every)\b|\b(?:final|published|production|live|public|launch) (?:version|"
        r"policy|notice|text|document|page) (?:should|must|needs to|has to|ought to|will need to) "
        r"(?:\w+ )?(?:name|carry|bear|show|contain|include|list|state|describe|identify|disclose|"
        r"explain|give|specify|set out)\b",
        unless=r"\bregulation|\bby law\b",
    ),
    certain(
        "should must needs",
        r"\b(?:should|must|needs? to|ought to|has to|have to) (?:also |then |still )?be (?:added|"
        r"inserted|listed|included|published|described|stated|provided|named|supplied|filled in|"
        r"set out|disclosed|specified)(?: \w+){0,4}? (?:here|once (?:they|it|we|the|this)|later|in "
        r"this (?:section|policy|page|notice|document)|when (?:they|it) (?:are|is) known|in due "
        r"course)\b",
        unless=r"\b(?:requests?|complaints?|comments?|reviews?|users?|members?|customers?|claims?|"
        r"orders?|forms?|contributions?|content)\b",
    ),
    certain(
        "consider",
        r"\A\W*(?:please |also )?consider (?:whether (?:you|your \w+) (?:need (?:an? |any |"
        r"separate|to (?:add|include|disclose|appoint|mention))|must|are (?:required|subject))|"
        r"(?:linking|adding|including|removing|splitting|moving|attaching|inserting|mentioning|"
        r"describing|listing) (?!your (?:email|phone|number|card|payment)))",
        unless=r"\b(?:account|profile|device|bookmarks?|two-factor|password)\b",
    ),
    certain(
        "give provide explain describe summarize summarise name state link point",
        r"\A\W*(?:please )?(?:give|provide|enter|supply|put) (?:the |a |full |name |names |contact "
        r"|details |of |link |to |and |address ){0,8}your (?:supervisory authority|lead authority|"
        r"dpo|data protection officer|eu representative|uk representative|representative in|"
        r"registered|legal entity|(?:sub-?)?processors?|retention|lawful|legal bas|governing law|"
        rf"privacy (?:team|contact)|company's|organi[sz]ation's)\b|\A\W*{WRITE} "
        r"(?:[\w'/,-]{1,20} ){0,6}?(?:how|what|why|which|whether|where|when) your (?:cookies?|"
        rf"vendors?|processors?|trackers?|pixels?|tools|{AUDIENCE})\b|\A\W*(?:link|point|refer) "
        r"(?:readers |users |visitors )?to your (?:[\w-]+ ){1,5}here\b",
        unless=r"\b(?:to us|contact us|with us|our (?:team|staff|support))\b",
    ),
    certain(
        "remember forget sure",
        r"\b(?:remember to|don't forget to|do not forget to|make sure to|make sure you|be sure to) "
        r"(?:add|insert|replace|update|list|include|fill in|link|change|attach|set|publish) "
        r"(?:(?:your|the) (?:own |actual |real |full )?(?:cookie|vendor|processor|sub-?processor|"
        r"retention|privacy (?:contact|email|team)|legal|dpo|policy|governing|jurisdiction|company|"
        r"business|effective date|placeholders?|bracket|section|clause)|the (?:contact|address|"
        r"date|names?)\b)",
        unless=r"\b(?:we|our|us|order|package|form|subject|request)\b",
    ),
    certain(
        "sites businesses companies organisations organizations publishers site operators owners",
        r"\A\W*(?:sites?|businesses|companies|organi[sz]ations|publishers|operators|(?:website|app|"
        r"site) (?:owners|operators)) (?:that|which|who|with|using|subject) [^.,]{3,80} (?:should|"
        rf"must|need to|will need to) (?:also )?{WRITE}\b",
        unless=r"\b(?:we|our|us|API|SDK)\b",
    ),
    certain(
        "address contact details email channel",
        r"\b(?:use|list|write to|contact) the (?:[\w-]+ ){0,3}(?:address|contact|details|email|"
        r"channel|mailbox) (?:that |which )?you(?: have|'ve)? (?:designated?|published?|set up|"
        r"chosen|appointed)\b|\bthe (?:[\w-]+ ){0,3}(?:contact|address|details|email|channel) "
        r"(?:that |which )?you (?:designate|publish|have designated|have "
        r"published)\b.{0,40}\bshould\b",
        unless=r"\b(?:profile|account|listing|beneficiar)",
    ),
)
