"""Patterns for advice to the publisher: have a lawyer review this first."""

from __future__ import annotations

from policies.text.findings.drafting_notes.patterns import LAWYER, TEXT, certain, possible

# Said to readers, not to the publisher: they may ask a lawyer, or should do so before they sign.
_TO_READERS = (
    r"\byou (?:may|might|can|could)(?: also)? (?:wish |want |like |choose )?(?:to )?(?:have|get|"
    r"let|ask)\b|\b(?:agreement|contract|these terms|waiver|release|lease)\b(?!.{0,80}\b(?:publi|"
    r"launch|go(?:ing)? live|us(?:e|ing) it|deploy))"
)

PATTERNS = (
    certain(
        "counsel lawyer lawyers attorney attorneys solicitor solicitors legal law compliance "
        "dpo privacy",
        r"\b(?:should|must|needs? to|has to|have to|ought to|is to|to|will) (?:also |always |"
        r"first |then |still |ideally |really |definitely ){0,6}be (?:thoroughly |carefully |fully "
        r"|properly |further |\w+ly )?(?:reviewed|checked|approved|vetted|verified|validated|"
        r"adapted|confirmed|finali[sz]ed|tailored|customi[sz]ed|completed|examined|signed off|"
        r"assessed|drafted|read|edited)(?: (?:and|or) \w+| and/or \w+)?(?:,? (?:carefully|"
        rf"thoroughly|fully|and \w+))? (?:by|with|from) (?!our\b|us\b){LAWYER}\b",
        unless=(
            r"\b(?:requests?|claims?|complaints?|disclosures? of|subpoenas?|orders?|warrants?|"
            r"applications?|submissions?|contracts? (?:with|between)|subprocessors?|vendors?|"
            r"suppliers?|incidents?|settlements?|content)\b(?!.{0,300}\b(?:before|prior to) "
            r"(?:publi|launch|use|going|deploy|relying))|\bour\b"
        ),
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
        r"go(?:ing)? live|deploy\w*|release\b|production\b|adopt\w*|rely(?:ing)? on (?:this|"
        r"it|the) (?:(?:privacy |sample )?(?:template|policy|draft|text|document|notice|"
        r"sample|language|wording|starter)\b)|us(?:e|ing) (?:this|the|it|any) ?(?:(?:privacy |"
        r"sample )?(?:template|policy|draft|text|document|notice|sample|language|starter)\b|"
        r"in production|\W*\Z)|implement\w*)|(?:review|adapt|tailor|customi[sz]e|finali[sz]e|vet|"
        r"check|draft|confirm|verify|ensure|approve|validate) (?:and \w+ |that |whether )?(?:this|"
        r"it|the|these|your|compliance|all|any)\b|mak(?:e|ing) (?:this|it) (?:public|live))",
        unless=(
            r"\b(?:your (?:content|submission|work|listing|ad|order|claim|rights|device|"
            r"account)|we (?:may|will|can|might|shall|also|reserve|regularly|retain|engage|"
            r"consult|work)|our (?:lawyers?|attorneys?|counsel|legal|solicitors)|agree(?:ing)? "
            r"to these|accept(?:ing)? these|sign(?:ing)?\b|the (?:investment|transaction))\b"
        ),
    ),
    certain(
        "counsel lawyer attorney solicitor legal",
        rf"\b(?:have|get|let|ask) (?:it|this|them|{LAWYER})\b (?:\w+ ){{0,3}}?(?:reviewed|"
        r"review|check|checked|vet|vetted|approve|approved|adapt|tailor|draft|sign off)\b(?! "
        r"(?:your|our|their|any) (?:claim|contract|case|request))(?:.{0,40}\b(?:this|it|"
        r"before|prior|by|draft|policy|document|template|terms|text|notice|page|publication|"
        r"launch)\b)",
        unless=(
            r"\b(?:we|our|right to|you may ask us|decision|your (?:claim|request|data|"
            rf"information))\b|{_TO_READERS}"
        ),
    ),
    certain(
        "legal counsel attorney lawyer review",
        r"\b(?:pending|awaiting|await|needs?|requires?|subject to|until|after|undergo(?:ing)?|"
        r"before|without|following|prior to|for|proper|required|final|your) (?:a |an |the |"
        r"final |further |full |proper |our |your |completed ){0,6}(?:legal|counsel's|lawyer's?|"
        r"attorney's?|counsel|attorney|lawyer|solicitor) (?:review|sign-?off|approval|vetting|"
        r"draft|input|feedback|confirmation)\b|\blegal review (?:is |are )?(?:required|needed|"
        r"pending|recommended|necessary|outstanding)\b|\b(?:your|final|full|proper) legal "
        r"review\b",
        unless=(
            r"\b(?:requests?|claims?|subpoenas?|content|orders?|complaints?|we (?:may|will|can|"
            r"conduct|perform)|our legal review|disputes?|vendor|subprocessor|your (?:data|"
            r"account|information))\b(?!.{0,300}\bthis (?:page|policy|document|draft|text|notice|"
            rf"template))|{_TO_READERS}"
        ),
    ),
    certain(
        "legal counsel attorney attorneys lawyer lawyers solicitor solicitors team department"
        " advisors advisers adviser advisor",
        r"\b(?:your|the) (?:final |own |legal |internal |\w+ )?(?:legal review|legal team|"
        r"legal counsel|counsel|lawyers?|attorneys?|legal advis[eo]rs?|compliance team|privacy "
        r"team|legal department|solicitors?) (?:should|must|needs? to|ought to|has to|can|will "
        r"need to|will have to|to) (?:also |then |still |first )?(?:determine|confirm|verify|"
        r"review|decide|check|advise(?! you)|finali[sz]e|approve|tailor|adapt|complete|draft|add|"
        r"supply|provide|assess|identify|insert|update|validate|sign)\b(?! (?:whether|if|how|what|"
        r"which) (?:you|your|they)\b| (?:all |any )?(?:your|their) (?:own |legal )?"
        r"(?:obligations?|rights?|responsibilit\w+|liabilit\w+|compliance|dut(?:y|ies)|options)\b)",
        unless=(
            r"\b(?:your (?:claim|request|authority|letter)|power of attorney|on your behalf|demand|"
            r"arbitration|settle|court|hearing|dispute|our|identity|contact|(?:right|suitable|"
            r"suited|appropriate) for you)\b"
        ),
    ),
    certain(
        "legal counsel attorney lawyer client dpo marketing engineering product controller company",
        r"\b(?:attorney|counsel|legal|lawyer|client|dpo|marketing|engineering|product|"
        r"controller|company) to (?:confirm|review|complete|provide|supply|advise|decide|"
        r"insert|verify|draft|add|check|update|approve)\b(?! (?:your|the request|that you))",
        unless=(
            r"\b(?:right|authori[sz]e\w*|ask|require\w*|instruct\w*|request|enable|allow|"
            r"permit|entitle\w*|need|obligat\w*|oblige\w*|appoint\w*|power of|your)\b|\b(?:a|"
            r"an|our|the|data) (?:attorney|counsel|lawyer|client|controller|company|product)\b"
        ),
    ),
    certain(
        "legal advice",
        r"\b(?:this|the) (?:[\w-]+ ){0,3}(?:template|sample|draft|boilerplate|starter\w*|"
        r"generator|placeholder)\b.{0,120}?\b(?:not|neither|nor|no) (?:\w+ ){0,5}legal "
        r"advice\b",
        unless=r"\b(?:users?|customers?|marketplace|library|purchase|download)\b",
    ),
    possible(
        "advice legal lawyer",
        r"\bnothing\b.{0,80}\blegal advice\b|\b(?:not|neither|nor|no|never|n't) "
        r"(?:\w+ ){0,8}?legal (?:\w+ ){0,3}?advice\b|\blegal advice\b.{0,40}\b(?:is|are) not\b|"
        r"\bI(?:'m| am) not (?:a|your) lawyer\b|\bnot a (?:substitute|replacement) for "
        r"(?:\w+ ){0,4}(?:legal|lawyer|attorney|counsel)",
        unless=r"\bour (?:lawyers|attorneys|law firm) (?:do|will)\b",
    ),
    certain(
        "legal lawyer lawyers counsel attorney attorneys solicitor solicitors dpo",
        rf"\b(?:have|having|get|getting) (?:this|it|the|your|these|each|any|them)(?: (?:{TEXT}|"
        r"\w+))? (?:reviewed|checked|approved|vetted|verified|examined|signed off|looked at|"
        rf"finali[sz]ed) by (?!our\b){LAWYER}\b|\b(?:needs?|requires?|awaits?|awaiting|pending) "
        r"(?:a |an |the |final )?(?:review|sign-?off|approval|input|confirmation|check|"
        rf"feedback)s? (?:by|from|with) (?!our\b){LAWYER}\b|\b(?:{LAWYER}) (?:signs? off|"
        r"reviews?|approves?|checks?|vets?|has (?:reviewed|approved|signed off)|have "
        rf"(?:reviewed|approved|signed off))(?: on)? (?:this|it\b|the {TEXT})",
        unless=(
            r"\b(?:we|our)\b(?! (?:recommend|suggest|advise|encourage|urge))|\b(?:contracts? "
            rf"with|requests?|decision|claim|vendor)\b|{_TO_READERS}"
        ),
    ),
    certain(
        "reviewed approved checked vetted verified",
        rf"(?:\A\W*not|\bnot yet|\b(?:this|the) {TEXT}(?: is| has| was)?(?: not|n't)|"
        rf"\b(?:this|the) (?:version|{TEXT}) (?:has|is|was)(?: not|n't)(?: yet)?)(?: been)? "
        rf"(?:legally )?(?:reviewed|approved|checked|vetted|verified)(?: (?:yet )?by {LAWYER}| by "
        r"(?:anyone|anybody)| for (?:accuracy|compliance)|\W*\Z)",
    ),
    possible(
        "check verify confirm clear",
        r"\A\W*(?:please )?(?:double-?check|check|verify|confirm|clear)(?: (?:this|that|it))? "
        rf"with {LAWYER}\b",
        unless=r"\brequests?\b",
    ),
    certain(
        "lawyer attorney counsel solicitor legal dpo privacy compliance team",
        r"(?:\A\W*|\b(?:have|until|before|after|once|and|that|then|let|ask) )(?:an?|our|your|"
        r"the|outside|local|external|in-house)?\s?(?:\w+ ){0,2}?(?:lawyer|attorney|counsel|"
        r"solicitor|legal|legal team|dpo|privacy team|compliance team|legal department)s? "
        r"(?:should|must|needs? to|has to|have to|ought to|will need to|to|still has to|still "
        r"needs to)? ?(?:please )?(?:\w+ly )?(?:review|approve|confirm|sign off(?: on)?|check|"
        r"vet|finali[sz]e|verify|supply|complete|adapt|look) (?:this|these|it\b|the (?:wording|"
        rf"text|{TEXT}|lawful|legal basis|legal bases|retention|list of|above|following|below|"
        r"final))(?! (?:request|claim|contract|mandate))",
        unless=(
            r"\b(?:we|requests?|claims?|disclosures?|regularly|annually|every year|each year)\b|"
            rf"\bright to\b|{_TO_READERS}"
        ),
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
        r"(?:\w+ ){0,3}?(?:lawyer|attorney|counsel|solicitor|legal (?:team|advis[eo]r|counsel)|"
        r"dpo|specialist|professional|expert)\b.{0,30}\b(?:whether|if|about|which|how|"
        r"before)\b.{0,80}\b(?:(?:applies|apply|required|necessary|relevant) (?:to|for|in) "
        r"your\b|your (?:business|company|organi[sz]ation|site|app)\b|(?:use|using|publish\w*|"
        r"adopt\w*|rely on|relying on) (?:this|it|the) ?(?:notice|policy|template|document|text|"
        r"draft|\W*\Z))",
        unless=r"\b(?:we|our|us)\b",
    ),
    certain(
        "subject without",
        r"\bsubject to (?:a |an |the |further |final )?(?:review|approval|sign-?off|"
        rf"confirmation|input) (?:by|from|of) (?!our\b){LAWYER}\b|\b(?:should|must) not be "
        r"(?:relied (?:up)?on|used|published|adopted|deployed) (?:\w+ ){0,3}?(?:without|until|"
        r"before)\b.{0,60}\b(?:lawyers?|attorneys?|counsel|legal|solicitors?|review\w*|"
        r"approv\w*)\b",
        unless=r"\b(?:we|our|requests?|claims?|orders?|transaction|trademark|logo)\b",
    ),
    certain(
        "confirm check verify discuss adapt customize customise tailor review finalize finalise",
        r"\byou (?:should|must|need to|will need to|have to|ought to) (?:also )?(?:confirm|"
        r"check|verify|discuss|agree|clear) (?:(?:this|it|these|that) )?with "
        rf"{LAWYER}\b.{{0,80}}\b(?:which laws|applies|apply|required|this (?:policy|section|page|"
        r"notice)|your (?:company|business|organi[sz]ation|site|app))\b|(?:\A\W*|[:;,] "
        r"?(?:please )?|\bplease )(?:adapt|customi[sz]e|tailor|finali[sz]e|review) (?:it|this|"
        rf"them|these) with {LAWYER}\b",
        unless=r"\b(?:we|our|us)\b",
    ),
)
