"""Edits as lawyers make them, and the words that a redline marks for each."""

from typing import NamedTuple

import pytest

from tests.policies.text.redlines import compare, read


class Edit(NamedTuple):
    """Two texts; what must be marked as deleted and as inserted, stretch by stretch."""

    old: str
    new: str
    deleted: list[str]
    inserted: list[str]


LIST = "We collect:\n\n- your name;\n- your email address;\n- your phone number."
NESTED = "- Account data\n  - Name\n  - Email address\n- Usage data\n  - Pages visited"
TABLE = (
    "| Data | Purpose | Kept for |\n|---|---|---|\n"
    "| Name | Identifying you | 2 years |\n| Email address | Contacting you | 1 year |"
)
LONG = (
    "We keep your account data for as long as your account is open. "
    "When you close it, we delete the data within 30 days. "
    "Backups are overwritten after a further 60 days."
)
CLAUSES = (
    "(a) the customer has paid all fees that were due;\n\n"
    "(b) the customer has returned the equipment."
)

EDITS = {
    "a word": Edit("We may share your data.", "We will share your data.", ["may"], ["will"]),
    "a number": Edit("Within 30 days of notice.", "Within 60 days of notice.", ["30"], ["60"]),
    "a number in words and figures": Edit(
        "Within thirty (30) days.", "Within sixty (60) days.", ["thirty (30)"], ["sixty (60)"]
    ),
    "a phrase before the end of a sentence": Edit(
        "You use the Account, including any password or Account.",
        "You use the Account.",
        [", including any password or Account"],
        [],
    ),
    "all but the beginning": Edit(
        "You may cancel at any time. Fees already paid are not refunded.",
        "You may cancel at any time before the end of the term, in which case fees that are already"
        " paid for the rest of the year will be given back to you within fourteen days.",
        [". Fees already paid are not refunded."],
        [
            "before the end of the term, in which case fees that are already paid for the rest of"
            " the year will be given back to you within fourteen days."
        ],
    ),
    "a percentage": Edit("A fee of 2.5% applies.", "A fee of 12.5% applies.", ["2.5%"], ["12.5%"]),
    "an amount": Edit("It costs €1,000.50.", "It costs €1,200.50.", ["€1,000.50"], ["€1,200.50"]),
    "a date": Edit("From 2026-01-01 on.", "From 2026-05-02 on.", ["2026-01-01"], ["2026-05-02"]),
    "a written date": Edit("On 1 March 2026.", "On 15 March 2026.", ["1"], ["15"]),
    "a negation": Edit("We may share data.", "We may not share data.", [], ["not"]),
    "a negation taken out": Edit("You must not copy it.", "You must copy it.", ["not"], []),
    "a defined term": Edit("The customer pays.", "The Customer pays.", ["customer"], ["Customer"]),
    "an item put in": Edit(
        LIST,
        LIST.replace("- your phone", "- your postal address;\n- your phone"),
        [],
        ["your postal address;"],
    ),
    "an item put in at the end": Edit(
        LIST,
        LIST.replace("number.", "number; and\n- your IP address."),
        ["."],
        ["; and", "your IP address."],
    ),
    "an item taken out": Edit(
        LIST, LIST.replace("- your email address;\n", ""), ["your email address;"], []
    ),
    "an item moved": Edit(
        "- the name of the company\n- the registered office\n- the names of the directors",
        "- the registered office\n- the names of the directors\n- the name of the company",
        ["the name of the company"],
        ["the name of the company"],
    ),
    "a nested item put in": Edit(
        NESTED, NESTED.replace("  - Pages", "  - Device type\n  - Pages"), [], ["Device type"]
    ),
    "a word in a nested item": Edit(
        NESTED, NESTED.replace("Pages visited", "Pages opened"), ["visited"], ["opened"]
    ),
    "a cell": Edit(TABLE, TABLE.replace("2 years", "3 years"), ["2"], ["3"]),
    "a row put in": Edit(
        TABLE,
        TABLE.replace("| Email", "| Phone number | Calling you | 6 months |\n| Email"),
        [],
        ["Phone number", "Calling you", "6 months"],
    ),
    "a row taken out": Edit(
        TABLE, TABLE.rsplit("\n", 1)[0], ["Email address", "Contacting you", "1 year"], []
    ),
    "a column put in": Edit(
        TABLE,
        "| Data | Purpose | Legal basis | Kept for |\n|---|---|---|---|\n"
        "| Name | Identifying you | Contract | 2 years |\n"
        "| Email address | Contacting you | Consent | 1 year |",
        [],
        ["Legal basis", "Contract", "Consent"],
    ),
    "a column taken out": Edit(
        TABLE,
        "| Data | Kept for |\n|---|---|\n| Name | 2 years |\n| Email address | 1 year |",
        ["Purpose", "Identifying you", "Contacting you"],
        [],
    ),
    "a link's words": Edit(
        "See [our terms](https://example.com/terms).",
        "See [our new terms](https://example.com/terms).",
        [],
        ["new"],
    ),
    "a paragraph put in": Edit(
        "The first paragraph.\n\nThe last paragraph.",
        "The first paragraph.\n\nSomething else entirely.\n\nThe last paragraph.",
        [],
        ["Something else entirely."],
    ),
    "a sentence put in": Edit(
        LONG,
        LONG.replace("Backups", "You may ask us to confirm this in writing. Backups"),
        [],
        ["You may ask us to confirm this in writing."],
    ),
    "a sentence taken out": Edit(
        LONG,
        LONG.replace("When you close it, we delete the data within 30 days. ", ""),
        ["When you close it, we delete the data within 30 days."],
        [],
    ),
    "a phrase in an enumeration": Edit(
        "We share names, addresses and numbers.",
        "We share names, dates of birth, addresses and numbers.",
        [],
        ["dates of birth,"],
    ),
    "a text in brackets": Edit(
        "We process data for analytics.",
        "We process data (including cookies) for analytics.",
        [],
        ["(including cookies)"],
    ),
    "a paragraph divided": Edit(LONG, LONG.replace("open. ", "open.\n\n"), [], []),
    "paragraphs joined": Edit(LONG.replace("open. ", "open.\n\n"), LONG, [], []),
    "a paragraph divided and edited": Edit(
        LONG, LONG.replace("open. ", "open.\n\n").replace("60 days", "90 days"), ["60"], ["90"]
    ),
    "a paragraph written anew": Edit(
        "We sell your data to advertisers whenever we like, and you agree to it.",
        "Softphonez never passes personal information on. Ask support for the details.",
        ["We sell your data to advertisers whenever we like, and you agree to it."],
        ["Softphonez never passes personal information on. Ask support for the details."],
    ),
    "words that share only an article": Edit(
        "You can access the data at any time.",
        "You can read the file at any time.",
        ["access the data"],
        ["read the file"],
    ),
    "quotes of another style": Edit(
        'The "Service" is the customer\'s.', "The “Service” is the customer’s.", [], []
    ),
    "other line breaks": Edit(LONG, LONG.replace(" ", "\n", 9), [], []),
    "spaces at the ends of lines": Edit("One.\n\nTwo.", "One.   \n\nTwo.", [], []),
    "another sign before items": Edit(LIST, LIST.replace("- ", "* "), [], []),
    "another sign for emphasis": Edit("It is *very* __clear__.", "It is _very_ **clear**.", [], []),
    "items with space between them": Edit(LIST, LIST.replace(";\n-", ";\n\n-"), [], []),
    "a list that begins elsewhere": Edit("1. One\n2. Two", "3. One\n4. Two", [], []),
    "a renumbered heading": Edit("### 3.1 Scope\n\nText.", "### 3.2 Scope\n\nText.", [], []),
    "a reworded heading": Edit(
        "### 3.1 Scope\n\nText.", "### 3.2 Scope of this policy\n\nText.", [], ["of this policy"]
    ),
    "a heading of another level": Edit("### Scope\n\nText.", "#### Scope\n\nText.", [], []),
    "a clause put in before others": Edit(
        CLAUSES,
        "(a) the contract has not ended;\n\n" + CLAUSES.replace("(b)", "(c)").replace("(a)", "(b)"),
        [],
        ["(a) the contract has not ended;"],
    ),
    "a numbered clause put in between": Edit(
        "1.1 We collect data from you.\n\n1.2 We keep data for long.",
        "1.1 We collect data from you.\n\n1.2 We sell nothing.\n\n1.3 We keep data for long.",
        [],
        ["1.2 We sell nothing."],
    ),
    "numbered clauses below the next heading": Edit(
        "4.1 You pay.\n\n4.1.1 We send a bill.\n\n4.2 We deliver.",
        "5.1 You pay.\n\n5.1.1 We send a bill.\n\n5.2 We deliver.",
        [],
        [],
    ),
    "a number of millions": Edit(
        "1.5 million people use it.\n\nWe like that.",
        "2.5 million people use it.\n\nWe like that.",
        ["1.5"],
        ["2.5"],
    ),
    "the number of the only clause": Edit(
        "1.1 We collect data.\n\n1.2 We keep data for long.",
        "1.2 We keep data for long.",
        ["1.1 We collect data."],
        [],
    ),
    "short paragraphs joined": Edit(
        "You must be 16.\n\nYou must be nice.", "You must be 16. You must be nice.", [], []
    ),
    "a short paragraph divided": Edit(
        "You must be 16. You must be nice.", "You must be 16.\n\nYou must be nice.", [], []
    ),
    "three short paragraphs that end elsewhere": Edit(
        "Be nice.\n\nBe kind. Be fair.\n\nBye.", "Be nice. Be kind.\n\nBe fair. Bye.", [], []
    ),
    "short paragraphs joined in another script": Edit(
        "十六歳以上。\n\n礼儀正しく。", "十六歳以上。礼儀正しく。", [], []
    ),
    "a number at the beginning that counts something": Edit(
        "30 days are enough to object.", "60 days are enough to object.", ["30"], ["60"]
    ),
    "bold type": Edit("You must be an adult.", "You must be an **adult**.", [], []),
    "a footnote": Edit(
        "We keep it.[^1]\n\n[^1]: For 30 days.",
        "We keep it.[^1]\n\n[^1]: For 60 days.",
        ["30"],
        ["60"],
    ),
    "a footnote put in before another": Edit(
        "We keep it. We use it.[^1]\n\n[^1]: As said above.",
        "We keep it.[^2] We use it.[^1]\n\n[^1]: As said above.\n\n[^2]: For as long as we must.",
        [],
        ["For as long as we must."],
    ),
    "a definition": Edit(
        "Personal data\n: Information about a person.",
        "Personal data\n: Information about a living person.",
        [],
        ["living"],
    ),
    "a term put in": Edit(
        "Controller\n: Who decides.\n\nProcessor\n: Who acts.",
        "Controller\n: Who decides.\n\nData subject\n: Who is meant.\n\nProcessor\n: Who acts.",
        [],
        ["Data subject", "Who is meant."],
    ),
    "a line put in": Edit("One.\n\nTwo.", "One.\n\n---\n\nTwo.", [], []),
    "an edit on either side of a joint": Edit(
        "We keep your account data while it is open. We delete it within 30 days.\n\n"
        "Backups are overwritten after a further 60 days. You may ask us to confirm.",
        "We keep your account data while it is open.\n\n"
        "We delete it within 40 days. Backups are overwritten after a further 90 days."
        " You may ask us to confirm.",
        ["30", "60"],
        ["40", "90"],
    ),
    "a paragraph divided before its longest part": Edit(
        LONG, LONG.replace("open. ", "open.\n\n").replace("days. B", "days.\n\nB"), [], []
    ),
    "a number before a clause in bold": Edit(
        "**3.1.** You pay at once.",
        "**3.2.** You pay within a week.",
        ["at once"],
        ["within a week"],
    ),
    "a quotation": Edit("> The law says so.", "> The new law says so.", [], ["new"]),
    "code": Edit("```\nDELETE /v1/users\n```", "```\nDELETE /v2/users\n```", ["v1"], ["v2"]),
    "an address": Edit(
        "Write to privacy@example.com.",
        "Write to legal@example.com.",
        ["privacy@example.com"],
        ["legal@example.com"],
    ),
    "a web address": Edit(
        "See https://example.com/a/b?c=1.",
        "See https://example.com/a/d?c=1.",
        ["https://example.com/a/b?c=1"],
        ["https://example.com/a/d?c=1"],
    ),
    "Arabic": Edit(
        "نحن نجمع بياناتك الشخصية، ونحتفظ بها.",
        "نحن لا نجمع بياناتك الشخصية، ونحتفظ بها.",
        [],
        ["لا"],
    ),
    "Hebrew": Edit("אנו אוספים מידע אישי.", "אנו שומרים מידע אישי.", ["אוספים"], ["שומרים"]),
    "Hindi": Edit("हम आपका डेटा रखते हैं।", "हम आपका डेटा बेचते हैं।", ["रखते"], ["बेचते"]),
    "Japanese": Edit(
        "当社は個人情報を三十日間保存します。",
        "当社は個人情報を六十日間保存します。",
        ["三"],
        ["六"],
    ),
    "Japanese in katakana": Edit(
        "当社のサービスを利用する。", "当社のアプリを利用する。", ["サービス"], ["アプリ"]
    ),
    "Chinese": Edit("我们收集您的姓名。", "我们收集您的姓名和地址。", [], ["和地址"]),
    "German": Edit(
        "Die Daten werden für dreißig Tage gespeichert.",
        "Die Daten werden für höchstens dreißig Tage gespeichert.",
        [],
        ["höchstens"],
    ),
    "an author's own strikethrough": Edit(
        "It is ~~not~~ so.", "It is ~~never~~ so.", ["not"], ["never"]
    ),
    "an image": Edit(
        "A plan: ![Plan](/static/plan.png)", "The plan: ![Plan](/static/plan.png)", ["A"], ["The"]
    ),
}


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_marks_these_words_and_no_others(name: str) -> None:
    edit = EDITS[name]

    reader = read(compare(edit.old, edit.new))

    assert (reader.marked("del"), reader.marked("ins")) == (edit.deleted, edit.inserted)


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_that_is_undone_marks_the_same_words_the_other_way_round(name: str) -> None:
    edit = EDITS[name]

    reader = read(compare(edit.new, edit.old))

    assert sorted(reader.marked("del")) == sorted(edit.inserted)
    assert sorted(reader.marked("ins")) == sorted(edit.deleted)
