"""Patterns for what a text says about itself: it is a draft, a template, an AI's answer."""

from policies.text.findings.drafting_notes.patterns import KIND, TEXT, certain, possible

PATTERNS = (
    certain(
        "starter draft sample template placeholder dummy boilerplate skeleton stub outline example",
        rf"\b(?:starter|skeleton|placeholder|dummy|boilerplate|stub|stock|filler) (?:{KIND} "
        r"){0,2}(?:draft|template|policy|policies|text|document|notice|version|content|copy|terms|"
        r"page|language|wording|agreement|statement|section)\b",
        unless=r"\bstock content\b|\buploads?\b",
    ),
    certain(
        "template draft sample example boilerplate stub placeholder mockup skeleton work progress",
        r"\b(?:this|these|the (?:above|following|present|current)|the text above) (?:[\w-]+ "
        r"){0,6}?(?:is|are|was|were|remains?|serves? as|represents?|contains?|includes?) (?:still |"
        r"only |just |merely |currently |intended as |meant as |provided as |offered as |simply |"
        r"purely |an? |the |\w+ ){0,6}?(?:template|draft|sample|boilerplate|mock-?up|placeholders?|"
        r"skeleton|stub|work in progress)\b",
        unless=r"\b(?:not|no longer) (?:a |an |the )?(?:template|draft|sample|placeholder)|"
        r"\b(?:users?|customers?|you|members?|your) (?:can|may|could|create|upload|submit|save)|"
        r"template (?:gallery|library|marketplace|engine)|\b(?:created|made|generated|adapted|"
        r"based|modell?ed|derived|copied|drafted|prepared) (?:\w+ ){0,3}(?:using|with|from|on|by|"
        r"via)\b|\bdrafts? (?:messages?|emails?|orders?|posts?|resolution|law|bill|regulation)\b",
    ),
    certain(
        "template sample boilerplate",
        r"\b(?:this|the above|the following|our free|this free|this sample) (?:free |sample |basic "
        rf"|generic |simple |starter |standard ){{0,6}}(?:(?:{KIND}|policy|notice|terms|of|service|"
        r"use|and|conditions|document|agreement) ){0,5}(?:template|sample|boilerplate)\b(?! "
        r"(?:gallery|library|store|marketplace|feature|is licensed to you))",
        unless=r"\b(?:downloads?|licen[cs]e|purchased?|buyers?|users? (?:may|can)|submit|hosted|"
        r"created by (?:users|members))\b|\b(?:drafted|created|written|made|prepared|generated|"
        r"based|adapted|produced) (?:using|with|from|on|by)\b",
    ),
    certain(
        "template templates sample",
        r"\b(?:before|when|while|by|after) (?:using|adopting|publishing|relying on|deploying|"
        r"adapting|customi[sz]ing) (?:this|the|any|these) (?:\w+ ){0,3}(?:template|sample|draft|"
        r"boilerplate)\b",
        unless=r"\bmarketplace\b|\bpurchas",
    ),
    possible(
        "template generator templates",
        r"\b(?:created|generated|made|built|drafted|prepared|written|produced|adapted|copied|based|"
        r"derived|modelled|modeled) (?:\w+ ){0,4}(?:using|with|from|on|by|via|of|after) (?:\w+ "
        r"){0,6}?(?:template|templates|generator)\b",
        unless=r"\b(?:your|their|users?|customers?)\b",
    ),
    possible(
        "modeled modelled patterned",
        r"\b(?:modell?ed|patterned) (?:after|on) (?:\w+ ){0,5}(?:structure|policy|policies|"
        r"notices?|template|terms|industry|format)\b",
        unless=r"\b(?:model clauses|regulation|directive)\b",
    ),
    certain(
        "draft",
        r"\A\W{0,4}(?:WORKING |FIRST |ROUGH |INITIAL |INTERNAL )?DRAFT(?: ONLY| VERSION| FOR [A-Z "
        r"]{3,40}| v?\d[\d.]*| DOCUMENT| TEMPLATE| COPY| POLICY| NOTICE)?(?:\W|\Z)|\bDRAFT (?:ONLY|"
        r"FOR REVIEW|FOR DISCUSSION|NOT FOR)\b|\((?:DRAFT|Draft)(?: v?[\d.]+)?\)|[-–—:|] (?:DRAFT|"
        r"Draft|draft)\b(?! (?:version|content|order|email|message|post))|\b(?:DRAFT|Draft):|"
        r"\A\W*Draft\b(?: \w+)? ?[–—-] ?\w|\A\W*Draft\W*\Z",
        unless=r"\bdraft (?:content|orders?|emails?|messages?|posts?|projects?)\b",
        case=True,
    ),
    certain(
        "draft",
        r"\b(?:working|first|rough|initial|preliminary|early|internal|incomplete|unfinished|"
        r"unreviewed|ai-generated|lawyer|attorney|legal|substantial) draft\b(?! (?:of (?:your|"
        r"their|a|the bill)|law|legislation|decision))|\bdraft (?:(?:privacy|cookie|legal|terms) "
        r")?(?:policy|notice|privacy policy|template|terms|for (?:internal|legal|review|discussion|"
        r"approval)|only|stage|version of (?:this|our|the) (?:privacy )?(?:policy|notice|terms|"
        r"document)|text)\b(?! messages?)",
        unless=r"\b(?:regulation|directive|legislation|arbitrat|you submit|your|essay|manuscript|"
        r"authors?|users?|we (?:publish|circulate|share) (?:a |an |the )?draft|consultation|"
        r"comment)\b",
    ),
    certain(
        "draft",
        r"\b(?:is|remains|still) (?:currently |still |only |in ){0,6}(?:a |an )?draft(?: form| "
        r"status| stage)?(?: and (?:is |has )?(?:not|subject|will)|\W*\Z)",
        unless=r"\b(?:your|messages?|posts?|orders?|emails?)\b",
    ),
    certain(
        "publication production release published publish live ready final reviewed approved "
        "binding launch launched public",
        r"\bnot (?:yet )?(?:intended |suitable |ready |approved |cleared |meant |been approved "
        r")?for (?:final |public |live )?(?:publication|production(?: use)?|public release|release|"
        r"publishing)\b|\bdo not (?:publish|use|deploy|launch|ship|go live)(?: this| it| as is| "
        r"as-is| with| until| yet| before| in production| (?:the|these) (?:page|text|policy|"
        r"terms))\b|\bnot yet (?:been )?(?:reviewed|approved|finali[sz]ed|vetted|checked)(?: (?:or "
        r"\w+ )?by\b|\W*\Z)|\b(?:still|yet) (?:needs?|requires?|to be) (?:to be )?(?:finali[sz]ed|"
        r"reviewed by|drafted|written|approved by)\b",
        unless=r"\b(?:reviews?|comments?|submissions?|products?|features?|betas?|orders?|claims?|"
        r"applications?) (?:is|are|was|were|have|has) not|other people|without (?:permission|"
        r"consent)",
    ),
    certain(
        "placeholder placeholders",
        r"\b(?:is|are|as|with|of|contains?|includes?|remove|replace|fill(?: in)?|update|"
        r"complete|all|any|these|this|the|bracketed|for) (?:a |an |all |any |the |these |every "
        r"|only |just |temporary |bracketed |remaining |only a ){0,6}placeholders?\b(?! (?:images?|"
        r"cookies?|icons?|videos?|names? for|accounts?|thumbnails?|ads?))",
        unless=r"\b(?:image|thumbnail|embed|youtube|video|iframe|cookie)s?\b|\bwe (?:replace|"
        r"use)\b|\bdelete your",
    ),
    possible(
        "placeholder placeholders boilerplate",
        r"\b(?:placeholders?|boilerplate)\b",
        unless=r"\b(?:you can|such as|messages?|accounts?|users?|deleted?)\b|\b(?:image|thumbnail|"
        r"embed|youtube|video|iframe|cookie|map)s?\b",
    ),
    certain(
        "purposes purpose",
        # Only of the text itself: a calculator, a quote or an image may be there to illustrate.
        r"\bfor (?:template|placeholder|sample) purposes?\b|(?:\A\W*|[;:,–—-] |\b(?:that|and) "
        rf")(?:this|these|the (?:above|following)) (?:[\w-]+ ){{0,3}}?{TEXT}(?: (?:is|are|was|were|"
        r"has been|have been|serves?))?(?: (?:provided|shown|published|intended|included|written|"
        r"meant|only|just|\w+ly)){0,3} for (?:illustrati(?:ve|on)|demonstration|demo|testing|"
        r"development|example) purposes?\b|\A\W*(?:only )?for (?:illustrati(?:ve|on)|demonstration|"
        r"demo|testing|development|example) purposes?(?: only)?\W*\Z",
        unless=r"\b(?:screenshots?|images?|charts?|figures?|examples? (?:in|below)|data|cookies?|"
        r"services?|videos?|fees|prices?|beta)\b",
    ),
    certain(
        "starting baseline template guide",
        r"\b(?:as|is|only|merely) (?:\w+ ){0,3}(?:starting point|baseline (?:template|draft|"
        r"policy)|general template|generic template|rough guide|guide for drafting|drafting aid|"
        r"first pass)\b",
        unless=r"\b(?:discussion|negotiat|price|pricing|retention|route|address|search|"
        r"journey)\w*\b",
    ),
    certain(
        "suggested sample example model recommended proposed alternative standard",
        r"\A\W*(?:suggested|sample|example|model|recommended|proposed|template) (?:text|wording|"
        r"clause|language|copy|policy text|paragraph)\b(?:\s?[:–—-]| only|\W*\Z|;)|\b(?:is|are) "
        r"(?:only |just |merely )?(?:an? )?(?:\w+ )?(?:example|sample|model|illustration) (?:of "
        rf"(?:a|an) )?(?:{KIND} ){{0,2}}(?:policy|notice|statement|clause|wording|text|terms)\b|"
        rf"\bthis (?:model|sample|example|specimen) (?:{KIND} ){{0,2}}(?:policy|notice|statement|"
        r"clause|document|text|terms)\b",
    ),
    certain(
        "instructions guidance notes note comments comment prompts brackets explanations "
        "instruction",
        r"\b(?:remove|delete|strip|take out) (?:this|these|all|the|any) (?:drafting |guidance |"
        r"explanatory |remaining |\w+ )?(?:instructions?|guidance|notes?|comments?|prompts?|"
        r"brackets|explanations?)\b|\b(?:these|this|all|the|any) (?:drafting |guidance |"
        r"explanatory )?(?:instructions?|guidance|notes?|comments?|prompts?|brackets) (?:should|"
        r"must|need to|has to|have to) be (?:removed|deleted|stripped|taken out)\b",
        unless=r"\b(?:we|us|our|you (?:can|may)|posts?|reviews?|users?|offensive)\b",
    ),
    certain(
        "question questions open working notes comments reminder memo drafting drafter note "
        "guidance instructions internal author editor lawyer reviewer counsel comment self",
        r"\A\W*(?:note|notes|message|instructions?|guidance|comments?|reminder|memo|"
        r"info(?:rmation)?|advice) (?:to|for) (?:the )?(?:drafters?|draft|self|editors?|authors?|"
        r"legal(?: team)?|reviewers?|lawyers?|client|counsel|team|publishers?|developers?|(?:site|"
        r"website|app|business|template) (?:owners?|users?|operators?)|implementers?|attorneys?|me|"
        r"company|user of this)\b|\A\W*(?:drafting|drafter's|drafters'|editorial|internal|reviewer|"
        r"legal|implementation|template|developer|author's|editor's) (?:notes?|comments?|"
        r"instructions?|guidance|tips?|reminders?)\s?(?:[:—–(-]|\d|\Z)|\b(?:drafting|drafter's) "
        r"(?:notes?|guidance|instructions?|tips?)\b|\bnotes? to (?:the )?drafters?\b|\A\W*author "
        r"notes?\s?:|\A\W*working title\b|\A\W*comment \[|\A\W*(?:open )?(?:questions?|points?|"
        r"issues?) (?:for|to) (?:the )?(?:counsel|legal|client|lawyers?|attorneys?|team|dpo|"
        r"product|engineering)\b|\A\W*open (?:questions?|points?|issues?)\s?:|\A\W*(?:guidance|"
        r"instructions?|tips?|advice|help) (?:for|on) (?:completing|filling|using|drafting|"
        r"adapting|writing|editing) (?:in |out )?(?:this|the)\b|\A\W*how to (?:fill in|complete|"
        r"adapt|edit|use) this (?:section|document|template|policy|clause|page)\b|\bDRAFTING NOTE",
    ),
    possible(
        "note notes explanatory guidance instructions tip tips instruction",
        r"\A\W*(?:Guidance|Instructions?|Explanatory note|Drafting|Usage notes?|Editor's note|"
        r"INSTRUCTIONS?|GUIDANCE|Final note|Author)\s?:",
        unless=r"\b(?:contact|follow) us\b",
        case=True,
    ),
    certain(
        "internal",
        r"\b(?:for )?internal (?:use|review|purposes) only\b(?=\W*\Z)|\A\W*(?:INTERNAL|"
        r"CONFIDENTIAL)(?: USE ONLY| ONLY)?\s?[:—–-]",
        unless=r"\b(?:data|information|use(?:d)? (?:it|them)|we)\b",
    ),
    certain(
        "checklist template draft sample instructions notes drafting next",
        r"\A\W*(?:(?:pre-?launch|implementation|customi[sz]ation|publishing|publication|go-live|"
        r"launch|deployment|legal review|compliance|review) (?:checklist|notes?|to-?dos?|tasks?)|"
        r"how to use this (?:template|document|draft|policy|sample|form)|(?:using|about) this "
        r"(?:template|draft|sample)|instructions? for (?:use|using this \w+|completing this "
        r"(?:template|document|policy))|template (?:notes?|instructions?|variables?|usage|"
        r"disclaimer|notice)|drafting (?:notes?|instructions?)|things to (?:customi[sz]e|replace|"
        r"update|change)|what to (?:customi[sz]e|replace|change|fill in)|disclaimer: (?:this|the) "
        r"(?:template|draft|sample)|next steps (?:before|for) (?:publication|publishing|launch)|"
        r"template only|sample only|for reference only|not legally reviewed)\b",
    ),
    certain(
        "publisher owner owners operator",
        r"\b(?:the|this) (?:publisher|(?:site|website|app|business|template) (?:owner|operator)|"
        r"user of this (?:template|document|policy)|drafter) (?:should|must|needs to|will need to|"
        r"has to|may want to|is advised to|ought to)\b",
        unless=r"\b(?:remove|ensure your|contact)\b",
    ),
    certain(
        "below i certainly sure here hope feel let would language ai assistant gpt chatgpt model "
        "note",
        r"\bas an? (?:ai|large) (?:language )?(?:model|assistant)\b|\A\W*(?:certainly|sure|of "
        r"course|absolutely|great)[!,.] (?:here|below|i)\b|\b(?:here(?:'s| is)|below is) (?:an? "
        r"(?!list|link|copy)(?:(?!of\b|our\b)\w+[ -]){0,6}(?:privacy policy|template|draft|policy|"
        r"terms of service|terms and conditions|cookie policy)(?: (?:that|you|for (?!our|us\b)|"
        r"tailored|based|with|template|to|draft|designed)|[:.!])|an? (?:sample|example|outline) "
        r"(?:you can|tailored|based on|template|draft|designed)|the (?:(?!of\b|our\b)\w+[ "
        r"-]){0,4}(?:template\b|draft\b|(?:policy|terms)(?: (?:tailored|template|draft|designed|"
        r"you (?:asked|requested|wanted|need))))(?! (?:for (?:our|withdraw)|regulation)))|"
        r"\bi(?:'ve| have) (?:drafted|prepared|written|created|generated|put together|included|"
        r"added) (?:\w+ ){0,4}(?:policy|draft|section|template|terms|notice|document|version|"
        r"outline)\b|\bi hope this (?:helps|meets|works)\b|\blet me know if you(?:'d| would| need| "
        r"want| have)\b|\bwould you like me to\b|\bfeel free to (?:customi[sz]e|modify|adapt|edit|"
        r"adjust|tailor|change|use this|replace|copy)\b|\b(?:policy|notice|terms|document|page|"
        r"text|draft|template)\b.{0,40}\b(?:generated|written|drafted) (?:by|with|using) "
        r"(?:chatgpt|gpt|claude|an ai|ai\b|copilot|gemini)|\bmy (?:knowledge|training) cutoff\b",
        unless=r"\b(?:your (?:settings|preferences|experience|profile|answers?|workspace)|images?|"
        r"content (?:is|was)|summar(?:y|ies) (?:is|are)|our models?|users? (?:may|can)|"
        r"responses?)\b",
    ),
    certain(
        "bracketed brackets yellow highlighted highlight",
        r"\b(?:text|items?|information|details|fields?|words?|sections?|passages|content|"
        r"everything|parts?|wording|language|placeholders?|terms|areas|values|entries) (?:\w+ "
        r"){0,2}(?:in|within|inside|between|marked|shown|highlighted|enclosed)(?: (?:in|by|with))? "
        r"(?:\w+ )?(?:brackets?|yellow|braces|red|italics|highlight\w*|bold|caps|"
        r"capitals)\b(?=.{0,300}\b(?:replace|complete|fill|delete|update|change|customi[sz]e|"
        r"insert|remove|review|should|must|need)\w*\b)|\b(?:bracketed|highlighted) (?:text|items?|"
        r"information|details|fields?|words?|sections?|passages|content|parts?|wording|language|"
        r"placeholders?|terms|areas|values)\b(?=.{0,300}\b(?:replace|complete|fill|delete|update|"
        r"change|customi[sz]e|insert|remove|review|should|must|need)\w*\b)",
        unless=r"\bpersonal (?:data|information)\b|\bfields? (?:marked|in) (?:with|bold|"
        r"red)\b.{0,300}\b(?:mandatory|required|form)\b|\bunder (?:the )?(?:law|gdpr)|\bdefined "
        r"(?:terms?|meaning)|\bmeaning",
    ),
    certain(
        "notes note ntd editor drafter reviewer author lawyer client dpo dev action",
        r"\A\W*(?:guidance|dev|developer|product|review|reviewer|admin|compliance|client|marketing|"
        r"engineering|template) notes?\s?[:–—-]|\A\W*(?:NTD|N\.T\.D\.?)\b|\A\W*(?:editor|reviewer|"
        r"drafter|author|lawyer|counsel|client|dpo)\s?: ?(?:please|is|are|do|does|can|check|"
        r"confirm|what|which|we|add)\b|\A\W*action(?: items?)?\s?: (?:\w+ ){1,4}to \w+",
        unless=r"\bmarketing notes: we\b",
    ),
    certain(
        "note nb reminder",
        r"\A\W*(?:note|nb|n\.b\.|reminder)\s?[:–—-] ?(?:please )?(?:(?:replace|insert|customi[sz]e|"
        r"fill|describe|adapt|tailor|swap|finali[sz]e|rewrite) |(?:delete|remove) (?:this|these|if|"
        rf"before|or|all|any|(?:the |\w+ )?{TEXT})\b|(?:add|update|confirm|change|include|list|"
        r"check|verify|edit) (?!your (?:spam|browser|settings|account|profile|app|device|email|"
        r"e-mail|contact))|this (?:section|clause|paragraph|page|policy) (?:needs|requires|should|"
        r"must|is (?:a draft|incomplete|unfinished))|to be (?:\w+ly )?(?:added|confirmed|"
        r"determined|completed|decided|inserted|written|drafted|supplied|provided|finali[sz]ed|"
        r"updated|replaced|removed|reviewed|checked|filled|adapted|verified|approved|agreed|"
        r"discussed)\b(?![^.;]{0,80},)|needs? (?:(?:an?|the|your|to be|legal|final|more|further|"
        r"\w+'s) ){0,3}(?:add|confirm|complet|replac|updat|review|check|work\b|input|approv|"
        r"sign-?off|dpo|counsel|lawyer|name|address|date|detail|number|wording|text|link|rewrit))",
        unless=r"\b(?:we|our|us|spam|junk|settings|form|app|device|messages?|orders?|requests?|parcels?)\b",
    ),
    certain(
        "document policy page section notice text version draft template clause",
        r"\bthis (?:[\w-]+ ){0,2}(?:document|policy|page|section|notice|text|version|draft|"
        r"template|clause) is (?:still )?(?:not (?:yet )?(?:final|finished|finali[sz]ed|complete|"
        r"ready|live|approved)|unfinished|incomplete|unreviewed|unapproved|provisional)\b(?=\W*\Z|"
        r"[:;,–—-]| (?:and|until|yet|as|because))",
    ),
    certain(
        "sample dummy fake mock placeholder demo",
        r"\b(?:uses?|is|are|with|this|the|a) (?:sample|dummy|fake|mock|demo|placeholder|fictional|"
        r"made-up) (?:(?:privacy|cookie|legal) )?(?:policy|policies|terms|notice|text|content|"
        r"document|wording)\b(?! (?:marketing|library|gallery))",
        unless=r"\b(?:we use|your|users?|customers?)\b",
    ),
    certain(
        "alternative optional",
        r"\A\W*(?:alternative|optional|variant|option) (?:(?:wording|text|clause|language|"
        r"paragraph|version|sentence)(?:\s?[:—–-]|\W*\Z)|(?:\d|[A-D])\s?\()",
        unless=r"\bpayment\b",
    ),
    certain(
        "template sample",
        r"\A\W*(?:template|sample) (?:last|version|updated|created|provided|by|for|from|courtesy|"
        r"v\d)\b|\bit (?:is|was) (?:only |just |merely |still )?(?:a|an) (?:\w+ )?(?:draft|"
        r"template|sample)\b",
        unless=r"\b(?:your|messages?|users?|gallery|email|post)\b",
    ),
    certain(
        "draft",
        r"\bit (?:is|was|remains) (?:only |just |merely |still )?an? (?:\w+ )?draft\b|\b(?:this|"
        r"the) (?:\w+ )?draft (?:is|has|was|should|must|needs)\b",
        unless=r"\b(?:your|messages?|users?|email|posts?|orders?|regulation|bill|law|decision|"
        r"directive|you)\b",
    ),
    certain(
        "signed approved reviewed checked comments feedback input edits",
        r"\A\W*(?:signed off|approved|reviewed|checked|sign-off)(?: by [\w ]{2,20}?)?\s?: ?(?:no|"
        r"pending|tbc|tbd|not yet|awaiting|outstanding|n/a)\b|\A\W*(?:comments|feedback|input|"
        r"changes|edits) (?:from|by) (?:the )?(?:\w+ )?(?:counsel|legal|lawyers?|attorneys?|client|"
        r"dpo|solicitors?)\b.{0,40}\b(?:to be|pending|outstanding|not yet|awaited)\b",
    ),
)
