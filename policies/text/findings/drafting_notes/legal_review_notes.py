"""Patterns for advice to the publisher: have a lawyer review this first."""

from policies.text.findings.drafting_notes.patterns import LAWYER, TEXT, certain, possible

# Said to readers, not to the publisher: they may ask a lawyer, or should do so before they sign.
_TO_READERS = (
    r"\byou (?:may|might|can|could)(?: also)? (?:wish |want |like |choose )?(?:to )?(?:have|get|"
    r"let|ask)\b|\b(?:agreement|contract|these terms|waiver|release|lease)\b(?!.{0,80}\b(?:publi|"
    r"launch|go(?:ing)? live|us(?:e|ing) it|deploy))"
)

PATTERNS = (
    certain(
        "counsel lawyer lawyers attorney attorneys solicitor solicitors legal law compliance dpo "
        "privacy",
        r"\b(?:should|must|needs? to|has to|have to|ought to|is to|to|will) (?:also |always |"
        r"first |then |still |ideally |really |definitely ){0,6}be (?:thoroughly |carefully |fully "
        r"|properly |further |\w+ly )?(?:reviewed|checked|approved|vetted|verified|validated|"
        r"adapted|confirmed|finali[sz]ed|tailored|customi[sz]ed|completed|examined|signed off|"
        r"assessed|drafted|read|edited)(?: (?:and|or) \w+| and/or \w+)?(?:,? (?:carefully|"
        rf"thoroughly|fully|and \w+))? (?:by|with|from) (?!our\b|us\b){LAWYER}\b",
        unless=r"\b(?:requests?|claims?|complaints?|disclosures? of|subpoenas?|orders?|warrants?|"
        r"applications?|submissions?|contracts? (?:with|between)|subprocessors?|vendors?|"
        r"suppliers?|incidents?|settlements?|content)\b(?!.{0,300}\b(?:before|prior to) (?:publi|"
        r"launch|use|going|deploy|relying))|\bour\b",
    ),
    certain(
        "counsel lawyer lawyers attorney attorneys solicitor solicitors legal law advice "
        "compliance dpo privacy",
        r"\b(?:consult(?:ing)?(?: with)?|ask|engage|hire|retain|speak (?:to|with)|talk to|check "
        r"with|work with|contact|obtain|get|seek|involve|review (?:it |this )?with|have|confirm "
        r"with|verify with|coordinate with|run (?:this|it) (?:by|past)|seek (?:\w+ )?(?:advice|"
        r"guidance|review) (?:from|of|by))(?: advice from| the advice of| approval from| review "
        rf"from| review by| input from| sign-off from)? {LAWYER}\b.{{0,80}}?\b(?:before|prior to|"
        r"when|to)\b (?:you )?(?:(?:final |going |taking )?(?:publi(?:sh|cation)\w*|launch\w*|"
        r"go(?:ing)? live|deploy\w*|release\b|production\b|adopt\w*|rely(?:ing)? on (?:this|it|"
        r"the) (?:(?:privacy |sample )?(?:template|policy|draft|text|document|notice|sample|"
        r"language|wording|starter)\b)|us(?:e|ing) (?:this|the|it|any) ?(?:(?:privacy |sample "
        r")?(?:template|policy|draft|text|document|notice|sample|language|starter)\b|in production|"
        r"\W*\Z)|implement\w*)|(?:review|adapt|tailor|customi[sz]e|finali[sz]e|vet|check|draft|"
        r"confirm|verify|ensure|approve|validate) (?:and \w+ |that |whether )?(?:this|it|the|these|"
        r"your|compliance|all|any)\b|mak(?:e|ing) (?:this|it) (?:public|live))",
        unless=r"\b(?:your (?:content|submission|work|listing|ad|order|claim|rights|device|"
        r"account)|we (?:may|will|can|might|shall|also|reserve|regularly|retain|engage|consult|"
        r"work)|our (?:lawyers?|attorneys?|counsel|legal|solicitors)|agree(?:ing)? to these|"
        r"accept(?:ing)? these|sign(?:ing)?\b|the (?:investment|transaction))\b",
    ),
    certain(
        "counsel lawyer attorney solicitor legal",
        rf"\b(?:have|get|let|ask) (?:it|this|them|{LAWYER})\b (?:\w+ ){{0,3}}?(?:reviewed|review|"
        r"check|checked|vet|vetted|approve|approved|adapt|tailor|draft|sign off)\b(?! (?:your|our|"
        r"their|any) (?:claim|contract|case|request))(?:.{0,40}\b(?:this|it|before|prior|by|draft|"
        r"policy|document|template|terms|text|notice|page|publication|launch)\b)",
        unless=r"\b(?:we|our|right to|you may ask us|decision|your (?:claim|request|data|"
        rf"information))\b|{_TO_READERS}",
    ),
    certain(
        "legal counsel attorney lawyer review",
        r"\b(?:pending|awaiting|await|needs?|requires?|subject to|until|after|undergo(?:ing)?|"
        r"before|without|following|prior to|for|proper|required|final|your) (?:a |an |the |final |"
        r"further |full |proper |our |your |completed ){0,6}(?:legal|counsel's|lawyer's?|"
        r"attorney's?|counsel|attorney|lawyer|solicitor) (?:review|sign-?off|approval|vetting|"
        r"draft|input|feedback|confirmation)\b|\blegal review (?:is |are )?(?:required|needed|"
        r"pending|recommended|necessary|outstanding)\b|\b(?:your|final|full|proper) legal review\b",
        unless=r"\b(?:requests?|claims?|subpoenas?|content|orders?|complaints?|we (?:may|will|can|"
        r"conduct|perform)|our legal review|disputes?|vendor|subprocessor|your (?:data|account|"
        r"information))\b(?!.{0,300}\bthis (?:page|policy|document|draft|text|notice|template))|"
        rf"{_TO_READERS}",
    ),
    certain(
        "legal counsel attorney attorneys lawyer lawyers solicitor solicitors team department "
        "advisors advisers adviser advisor",
        r"\b(?:your|the) (?:final |own |legal |internal |\w+ )?(?:legal review|legal team|legal "
        r"counsel|counsel|lawyers?|attorneys?|legal advis[eo]rs?|compliance team|privacy team|"
        r"legal department|solicitors?) (?:should|must|needs? to|ought to|has to|can|will need to|"
        r"will have to|to) (?:also |then |still |first )?(?:determine|confirm|verify|review|decide|"
        r"check|advise(?! you)|finali[sz]e|approve|tailor|adapt|complete|draft|add|supply|provide|"
        r"assess|identify|insert|update|validate|sign)\b(?! (?:whether|if|how|what|which) (?:you|"
        r"your|they)\b| (?:all |any )?(?:your|their) (?:own |legal )?(?:obligations?|rights?|"
        r"responsibilit\w+|liabilit\w+|compliance|dut(?:y|ies)|options)\b)",
        unless=r"\b(?:your (?:claim|request|authority|letter)|power of attorney|on your behalf|"
        r"demand|arbitration|settle|court|hearing|dispute|our|identity|contact|(?:right|suitable|"
        r"suited|appropriate) for you)\b",
    ),
    certain(
        "legal counsel attorney lawyer client dpo marketing engineering product controller company",
        r"\b(?:attorney|counsel|legal|lawyer|client|dpo|marketing|engineering|product|controller|"
        r"company) to (?:confirm|review|complete|provide|supply|advise|decide|insert|verify|draft|"
        r"add|check|update|approve)\b(?! (?:your|the request|that you))",
        unless=r"\b(?:right|authori[sz]e\w*|ask|require\w*|instruct\w*|request|enable|allow|permit|"
        r"entitle\w*|need|obligat\w*|oblige\w*|appoint\w*|power of|your)\b|\b(?:a|an|our|the|data) "
        r"(?:attorney|counsel|lawyer|client|controller|company|product)\b",
    ),
    certain(
        "legal advice",
        r"\b(?:this|the) (?:[\w-]+ ){0,3}(?:template|sample|draft|boilerplate|starter\w*|generator|"
        r"placeholder)\b.{0,120}?\b(?:not|neither|nor|no) (?:\w+ ){0,5}legal advice\b",
        unless=r"\b(?:users?|customers?|marketplace|library|purchase|download)\b",
    ),
    possible(
        "advice legal lawyer",
        r"\bnothing\b.{0,80}\blegal advice\b|\b(?:not|neither|nor|no|never|n't) (?:\w+ "
        r"){0,8}?legal (?:\w+ ){0,3}?advice\b|\blegal advice\b.{0,40}\b(?:is|are) not\b|\bI(?:'m| "
        r"am) not (?:a|your) lawyer\b|\bnot a (?:substitute|replacement) for (?:\w+ ){0,4}(?:legal|"
        r"lawyer|attorney|counsel)",
        unless=r"\bour (?:lawyers|attorneys|law firm) (?:do|will)\b",
    ),
    certain(
        "legal lawyer lawyers counsel attorney attorneys solicitor solicitors dpo",
        rf"\b(?:have|having|get|getting) (?:this|it|the|your|these|each|any|them)(?: (?:{TEXT}|"
        r"\w+))? (?:reviewed|checked|approved|vetted|verified|examined|signed off|looked at|"
        rf"finali[sz]ed) by (?!our\b){LAWYER}\b|\b(?:needs?|requires?|awaits?|awaiting|pending) "
        r"(?:a |an |the |final )?(?:review|sign-?off|approval|input|confirmation|check|feedback)s? "
        rf"(?:by|from|with) (?!our\b){LAWYER}\b|\b(?:{LAWYER}) (?:signs? off|reviews?|approves?|"
        r"checks?|vets?|has (?:reviewed|approved|signed off)|have (?:reviewed|approved|signed "
        rf"off))(?: on)? (?:this|it\b|the {TEXT})",
        unless=r"\b(?:we|our)\b(?! (?:recommend|suggest|advise|encourage|urge))|\b(?:contracts? "
        rf"with|requests?|decision|claim|vendor)\b|{_TO_READERS}",
    ),
    certain(
        "reviewed approved checked vetted verified",
        rf"(?:\A\W*not|\bnot yet|\b(?:this|the) {TEXT}(?: is| has| was)?(?: not|n't)|\b(?:this|"
        rf"the) (?:version|{TEXT}) (?:has|is|was)(?: not|n't)(?: yet)?)(?: been)? (?:legally "
        rf")?(?:reviewed|approved|checked|vetted|verified)(?: (?:yet )?by {LAWYER}| by (?:anyone|"
        r"anybody)| for (?:accuracy|compliance)|\W*\Z)",
    ),
    possible(
        "check verify confirm clear",
        r"\A\W*(?:please )?(?:double-?check|check|verify|confirm|clear)(?: (?:this|that|it))? with "
        rf"{LAWYER}\b",
        unless=r"\brequests?\b",
    ),
    certain(
        "lawyer attorney counsel solicitor legal dpo privacy compliance team",
        r"(?:\A\W*|\b(?:have|until|before|after|once|and|that|then|let|ask) )(?:an?|our|your|the|"
        r"outside|local|external|in-house)?\s?(?:\w+ ){0,2}?(?:lawyer|attorney|counsel|solicitor|"
        r"legal|legal team|dpo|privacy team|compliance team|legal department)s? (?:should|must|"
        r"needs? to|has to|have to|ought to|will need to|to|still has to|still needs to)? "
        r"?(?:please )?(?:\w+ly )?(?:review|approve|confirm|sign off(?: on)?|check|vet|finali[sz]e|"
        rf"verify|supply|complete|adapt|look) (?:this|these|it\b|the (?:wording|text|{TEXT}|lawful|"
        r"legal basis|legal bases|retention|list of|above|following|below|final))(?! (?:request|"
        r"claim|contract|mandate))",
        unless=r"\b(?:we|requests?|claims?|disclosures?|regularly|annually|every year|each year)\b|"
        rf"\bright to\b|{_TO_READERS}",
    ),
    possible(
        "lawyer attorney counsel solicitor legal",
        r"\byou (?:may|might|can|could) (?:also )?(?:wish to |want to |like to )?(?:have|get|let|"
        rf"ask) (?:this|{LAWYER}) (?:to )?review(?:ed)?\b.{{0,30}}\b(?:policy|notice|template|"
        r"draft|page)\b",
    ),
    certain(
        "ask consult speak talk check",
        r"\A\W*(?:please )?(?:ask|consult|speak (?:to|with)|talk to|check with) (?:your|an?) "
        r"(?:\w+ ){0,3}?(?:lawyer|attorney|counsel|solicitor|legal (?:team|advis[eo]r|counsel)|dpo|"
        r"specialist|professional|expert)\b.{0,30}\b(?:whether|if|about|which|how|"
        r"before)\b.{0,80}\b(?:(?:applies|apply|required|necessary|relevant) (?:to|for|in) your\b|"
        r"your (?:business|company|organi[sz]ation|site|app)\b|(?:use|using|publish\w*|adopt\w*|"
        r"rely on|relying on) (?:this|it|the) ?(?:notice|policy|template|document|text|draft|"
        r"\W*\Z))",
        unless=r"\b(?:we|our|us)\b",
    ),
    certain(
        "subject without",
        r"\bsubject to (?:a |an |the |further |final )?(?:review|approval|sign-?off|confirmation|"
        rf"input) (?:by|from|of) (?!our\b){LAWYER}\b|\b(?:should|must) not be (?:relied (?:up)?on|"
        r"used|published|adopted|deployed) (?:\w+ ){0,3}?(?:without|until|"
        r"before)\b.{0,60}\b(?:lawyers?|attorneys?|counsel|legal|solicitors?|review\w*|"
        r"approv\w*)\b",
        unless=r"\b(?:we|our|requests?|claims?|orders?|transaction|trademark|logo)\b",
    ),
    certain(
        "confirm check verify discuss adapt customize customise tailor review finalize finalise",
        r"\byou (?:should|must|need to|will need to|have to|ought to) (?:also )?(?:confirm|check|"
        r"verify|discuss|agree|clear) (?:(?:this|it|these|that) )?with "
        rf"{LAWYER}\b.{{0,80}}\b(?:which laws|applies|apply|required|this (?:policy|section|page|"
        r"notice)|your (?:company|business|organi[sz]ation|site|app))\b|(?:\A\W*|[:;,] ?(?:please "
        r")?|\bplease )(?:adapt|customi[sz]e|tailor|finali[sz]e|review) (?:it|this|them|these) "
        rf"with {LAWYER}\b",
        unless=r"\b(?:we|our|us)\b",
    ),
)
