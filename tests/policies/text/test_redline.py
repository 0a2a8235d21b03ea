"""Sections in a redline: how they are paired, what is said of each, and how readers get about."""

import re
from dataclasses import asdict, replace

import pytest

from policies.text import redline
from policies.text.document import Document, Section, parse
from policies.text.redline import Labels, State
from tests.policies.text.redlines import Reader, compare, document, read, sources

SHARING = "We share your data with hosting providers who act on our instructions only."
RIGHTS = "You have the right to access, correct and erase what we hold about you at any time."
COOKIES = "Cookies keep you signed in and remember which language you chose on your first visit."
CONTACT = "Write to the data protection officer at the address of our registered office."


def policy(*sections):
    return Document("Privacy Policy", "", tuple(Section(*section) for section in sections))


FOUR = (
    ("Sharing", "sharing", SHARING),
    ("Your rights", "rights", RIGHTS),
    ("Cookies", "cookies", COOKIES),
    ("Contact", "contact", CONTACT),
)


def states(result):
    return {part.heading: set(part.states) for part in result.sections}


def test_a_section_that_was_renamed_and_moved_is_recognised_by_its_anchor():
    new = (FOUR[1], FOUR[2], FOUR[3], ("Who gets it", "sharing", SHARING.replace("only", "alone")))

    result = redline.compare(policy(*FOUR), policy(*new))

    last = result.sections[-1]
    assert last.states == {State.MOVED, State.RENAMED, State.CHANGED}
    assert (last.old_position, last.new_position) == (1, 4)
    assert Reader(last.html).marked("del") == ["Sharing", "only"]
    assert Reader(last.html).marked("ins") == ["Who gets it", "alone"]


def test_the_counts_of_a_summary_add_up_to_all_sections():
    more = tuple(
        (f"Part {name}", name, f"{name} {SHARING}") for name in ("lorem", "ipsum", "dolor")
    )
    edited = SHARING.replace("only", "alone")
    new = (
        ("Part lorem", "lorem", f"lorem *{SHARING}*"),
        ("Part two", "ipsum", f"ipsum {edited}"),
        FOUR[1],
        ("Last words", "dolor", f"dolor {SHARING}"),
        FOUR[3],
        ("Recipients", "sharing", edited),
        ("Children", "children", "Nobody below the age of sixteen may register an account here."),
    )

    result = redline.compare(policy(*more, *FOUR), policy(*new))

    happened = ("formatting", "changed_renamed", "moved", "renamed", "removed", "added")
    counts = {it: n for it, n in asdict(result.summary).items() if type(n) is int and n}
    assert counts.pop("changes") == len(result.changes)
    assert counts == dict(zip(happened, (1, 2, 2, 1, 1, 1), strict=True))
    assert sum(counts.values()) == len(result.sections) == 8


def test_a_section_with_another_anchor_and_heading_is_recognised_by_its_words():
    new = (*FOUR[:3], ("Get in touch", "get-in-touch", CONTACT.replace("officer", "team")))

    result = redline.compare(policy(*FOUR), policy(*new))

    assert result.sections[3].states == {State.CHANGED, State.RENAMED}


def test_anchors_made_of_numbers_do_not_pair_different_sections():
    old = policy(*((name, f"section-{n}", body) for n, (name, _, body) in enumerate(FOUR)))
    more = (FOUR[0], ("Children", "", "Nobody under sixteen may open an account."), *FOUR[1:])
    new = policy(*((name, f"section-{n}", body) for n, (name, _, body) in enumerate(more)))

    result = redline.compare(old, new)

    assert states(result)["Children"] == {State.ADDED}
    assert result.summary.added == 1
    assert result.summary.changed == 0


def test_a_link_that_leads_elsewhere_is_called_that_with_both_addresses():
    html = compare("See [ours](/a) *now*.", "See [ours](/b) **now**.").introduction.html

    assert "[link target changed] </span>" in html
    assert re.search(r"<del>.*?/a<.*?</del>.*?<ins>.*?/b<.*?</ins>", html)
    assert "[formatting changed] </span><strong>now" in html


def test_a_link_with_another_word_in_it_is_one_link():
    html = compare("See [our old page](/a).", "See [our new page](/a).").introduction.html

    assert re.findall("<a .*?</a>", html) == re.findall("<a .*</a>", html)
    assert "old" in html


def test_only_a_note_that_is_still_there_leads_back_to_its_place():
    old, new = (f"Words[^1].\n\n[^1]: {words} note." for words in ("An old", "A new"))

    assert compare(old, new).html.count("#fnref:1") == 1
    assert "#fnref:1" not in compare(old, "Words.").html


SUBPROCESSORS = ("Amazon | Hosting | Ireland", "Twilio | SMS | USA", "Stripe | Fees | Ireland")


@pytest.mark.parametrize("columns", [3, 2])
def test_rows_that_went_to_tables_of_new_sections_are_moved(columns):
    def table(*rows):
        lines = ["Name | Purpose | Country", "--- | --- | ---", *rows]
        return "\n".join(" | ".join(line.split(" | ")[:columns]) for line in lines) + "\n"

    old = "# T\n\n## List {#list}\n\n" + "\n".join(
        ["Name | Purpose | Country", "--- | --- | ---", *SUBPROCESSORS]
    )
    amazon, twilio, stripe = SUBPROCESSORS
    new = f"# T\n\n## List {{#list}}\n\n{table(amazon, stripe)}\n## USA {{#usa}}\n\n{table(twilio)}"

    html = redline.compare(parse(old), parse(new)).html

    moved = '<tr class="redline-{} redline-moved">'
    assert [html.count(moved.format(name)) for name in ("deleted", "inserted")] == [1, 1]
    assert re.search(r"\[moved from here\] </span>Twilio<", html)
    assert re.search(r"\[moved here\] </span>Twilio<", html)
    assert ("[deleted] </span>USA<" in html) == (columns == 2)


def test_a_divided_section_shows_a_new_heading_and_keeps_its_paragraphs():
    old = policy(("Your data", "data", f"{SHARING}\n\n{RIGHTS}\n\n{COOKIES}"))
    new = policy(
        ("Your data", "data", SHARING), ("Your rights", "rights", f"{RIGHTS}\n\n{COOKIES}")
    )

    result = redline.compare(old, new)

    assert read(result).marked("ins") == ["Your rights"]
    assert read(result).marked("del") == []
    assert result.summary.added == 1


@pytest.mark.parametrize("back", [False, True])
def test_a_subsection_that_becomes_a_section_keeps_its_heading(back):
    old = policy(("Your data", "data", f"{SHARING}\n\n### Rights\n\n{RIGHTS}\n\n{COOKIES}"))
    new = policy(("Your data", "data", SHARING), ("Rights", "own", f"{RIGHTS}\n\n{COOKIES}"))

    result = redline.compare(new, old) if back else redline.compare(old, new)

    assert read(result).marked("ins") == read(result).marked("del") == []
    assert read(result).text(without="ins").count("Rights") == 1


ITEM = "  - "


@pytest.mark.parametrize(
    ("old", "new", "added"),
    [
        (SHARING, f"- {SHARING}", []),
        (f"- {SHARING}", SHARING, []),
        (f"{SHARING}\n\n{RIGHTS}", f"- {SHARING}\n- {RIGHTS}", []),
        (f"- {SHARING}", f"- Consent:\n{ITEM}{SHARING}", ["Consent:"]),
        (f"- Cookies\n- {RIGHTS}", f"- Consent:\n{ITEM}Cookies\n- {RIGHTS}", ["Consent:"]),
        (f"- {SHARING}\n- {RIGHTS}", f"- Both:\n{ITEM}{SHARING}\n{ITEM}{RIGHTS}", ["Both:"]),
        (SHARING, f"> {SHARING}", []),
        (f"{RIGHTS}\n\n{SHARING}", f"{RIGHTS}\n\n### Who\n\n- {SHARING}", ["Who"]),
    ],
)
def test_a_paragraph_that_became_part_of_something_else_is_moved_with_its_words_unmarked(
    old, new, added
):
    result = compare(old, new)

    assert read(result).marked("ins") == added
    assert read(result).marked("del") == []
    moved = result.html.count("[moved here]")
    assert moved == result.html.count("redline-moved") > 0
    assert len(result.changes) == 1
    assert read(compare(new, old)).marked("ins") == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (f"{SHARING}\n\n{RIGHTS}\n\n{COOKIES}", f"{RIGHTS}\n\n{COOKIES}\n\n1. {SHARING}"),
        (f"- Both:\n{ITEM}{SHARING}\n{ITEM}{RIGHTS}", f"- {RIGHTS}\n- Both:\n{ITEM}{SHARING}"),
        (
            f"1. {SHARING}\n2. {COOKIES}\n3. {RIGHTS}",
            f"1. {RIGHTS}\n    1. {SHARING.replace('share', 'sell')}\n2. {COOKIES}",
        ),
    ],
)
def test_a_paragraph_that_became_an_item_elsewhere_is_shown_as_moved(old, new):
    result = compare(old, new)

    assert "[moved here] " in result.html
    assert "[moved from here] " in result.html
    assert set(re.findall(r"\[deleted\] </span>([^<]*)", result.html)) <= {"Both:", "share"}


CONSENT = (
    "We ask for your consent before we use your contacts to suggest people whom you could call "
    "with the app, and you can withdraw it at any time in the settings."
)


@pytest.mark.parametrize(
    ("old", "new", "gone", "come"),
    [
        (CONSENT, "- " + CONSENT.replace("could", "may"), ["could"], ["may"]),
        ("- " + CONSENT, CONSENT.replace("could", "may"), ["could"], ["may"]),
        (CONSENT, "> " + CONSENT.replace("could", "may"), ["could"], ["may"]),
        (
            CONSENT,
            "You decide:\n\n- Contacts: we" + CONSENT.replace("any time", "all times")[2:],
            ["We", "any time"],
            ["You decide:", "Contacts: we", "all times"],
        ),
    ],
)
def test_a_reworded_paragraph_that_became_part_of_something_else_shows_only_the_other_words(
    old, new, gone, come
):
    result = compare(old, new)

    assert read(result).marked("del") == gone
    assert read(result).marked("ins") == come
    assert result.html.count("[moved here]") == 1


def test_a_paragraph_of_which_little_is_left_in_an_item_is_replaced():
    other = "- Contacts: you decide in the settings whether the app may suggest people."

    assert "moved here" not in compare(CONSENT, other).html


def test_a_paragraph_that_was_moved_and_edited_shows_where_and_what():
    edited = COOKIES.replace("first", "last")

    result = compare(f"{COOKIES}\n\n{SHARING}\n\n{RIGHTS}", f"{SHARING}\n\n{RIGHTS}\n\n{edited}")

    assert '<p class="redline-deleted redline-moved">' in result.html
    assert '<p class="redline-inserted redline-moved">' in result.html
    assert '<span class="redline-edited">first</span>' in result.html
    assert '<span class="redline-edited">last</span>' in result.html


@pytest.mark.parametrize(
    "body", [SHARING.replace(" ", "\n"), SHARING.replace("We", "*We*"), SHARING + "  "]
)
def test_what_no_reader_would_notice_is_formatting_at_most(body):
    result = redline.compare(document(SHARING), document(body))

    assert result.sections[0].states <= {State.FORMATTING, State.UNCHANGED}
    assert result.summary.changed == 0
    assert result.changes == ()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Article 6 GDPR", "Article 9 GDPR"),
        ("§ 5 TMG", "§ 18 TMG"),
        ("Section 230 immunity", "Section 512 immunity"),
        ("30. June deadline", "31. June deadline"),
        ("15. Januar", "16. Januar"),
        ("第6条 民法", "第9条 民法"),
        ("1. Scope", "Article 6 Scope"),
        ("Art. 6 GDPR", "Art. 9 GDPR"),
        ("Schedule 4 of the Act", "Schedule 5 of the Act"),
    ],
)
def test_another_law_or_day_in_a_heading_is_a_change(old, new):
    before = policy(("Scope", "scope", CONTACT), (old, "a", SHARING), ("Rights", "rights", RIGHTS))
    after = policy(("Scope", "scope", CONTACT), (new, "a", SHARING), ("Rights", "rights", RIGHTS))

    result = redline.compare(before, after)

    assert result.sections[1].states == {State.RENAMED}
    assert result.summary.changes == 1


@pytest.mark.parametrize(
    "form", ["{}. ", "Article {} – ", "§ {} ", "Section {}: ", "第{}条 ", "Annex {}: "]
)
def test_renumbering_after_a_section_was_added_or_removed_is_no_change(form):
    def numbered(*sections):
        return policy(
            *((form.format(n) + name, *more) for n, (name, *more) in enumerate(sections, 1))
        )

    longer = (FOUR[0], ("Children", "children", "Nobody under sixteen may join."), *FOUR[1:])

    for one, two in ((FOUR, longer), (longer, FOUR)):
        result = redline.compare(numbered(*one), numbered(*two))
        assert result.summary.renamed == 0
        assert result.summary.changes == 1


def test_sections_with_a_number_for_a_heading_are_paired_by_their_text():
    def articles(*bodies):
        return policy(*((f"Article {n}", f"article-{n}", b) for n, b in enumerate(bodies, 1)))

    old = articles("We collect data.", SHARING, "We share data.")
    new = articles("We use data.", "We collect data.", f"{SHARING} Twice.", "We share data.")

    result = redline.compare(old, new)

    assert [part.old_position for part in result.sections] == [None, 1, 2, 3]
    assert read(result).marked("ins") == ["Article 1", "We use data.", "Twice."]
    assert read(result).marked("del") == []


def test_a_section_with_a_number_for_a_heading_is_paired_by_it_if_all_its_words_change():
    old = policy(("Article 1", "article-1", SHARING), ("Article 2", "article-2", RIGHTS))
    new = policy(("Article 1", "article-1", SHARING), ("Article 2", "article-2", COOKIES))

    assert redline.compare(old, new).sections[1].old_position == 2


def test_title_and_introduction_are_separate_parts():
    old = document(SHARING, title="Privacy Policy", introduction="We care.")
    new = document(SHARING, title="Privacy Notice", introduction="We do care.")

    result = redline.compare(old, new)

    assert result.summary.title_changed
    assert result.summary.introduction_changed
    assert Reader(result.title.html).marked("ins") == ["Notice"]
    assert Reader(result.introduction.html).marked("ins") == ["do"]
    assert result.changes == ("site:change-1", "site:change-2")


@pytest.mark.parametrize("turned", [False, True])
def test_a_footnote_after_an_added_or_removed_section_is_a_separate_change(turned):
    both = document("a", "b"), document("a[^1]\n\n[^1]: c")
    old, new = reversed(both) if turned else both

    found = redline.compare(old, new)

    assert found.notes is not None
    assert State.UNCHANGED not in found.notes.states
    assert found.summary.notes_changed
    assert "redline-stop" in found.notes.html


def test_a_deleted_link_to_a_removed_section_is_no_link_any_more():
    old = document("See [the other section](#section-2).", "Other.")
    gone = document("See nothing at all here.")
    still_there = document("See nothing at all here.", "Other.")

    assert 'href="#section-2"' not in redline.compare(old, gone).html
    assert 'href="#section-2"' in redline.compare(old, still_there).html


@pytest.mark.parametrize("sign", ["\u00ad", "\u200b", "\u2060", "\ufeff"])
@pytest.mark.parametrize("text", ["{} are kept", "Per{}sonal data are kept", "All {} are kept"])
def test_invisible_characters_break_nothing(text, sign):
    written = text.format(sign)
    other = written.replace("Per", "Fac").replace("All", "No").replace("are kept", "is sold")

    reader = read(compare(written, other))

    assert "is sold" in reader.marked("ins")[-1]
    assert compare(written, text.replace("{}", "")).summary.changes == 0


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("15. Januar 2027 endet die Frist.", "31. Januar 2027 endet die Frist.", "15. → 31."),
        ("> 15. Januar", "> 31. Januar", "15. → 31."),
        ("- 15. Januar\n- Ende", "- 31. Januar\n- Ende", "15. → 31."),
        ("3. a\n4. b", "a\n\n1. a\n2. b", "3. → 1."),
        ("1. a\n\nThen:\n\n4. b", "1. a\n\nThen:\n\n9. b", "4. → 9."),
    ],
)
def test_a_list_that_begins_with_another_number_is_a_change(old, new, said):
    result = compare(old, new)

    assert result.summary.changes >= 1
    assert f'<span class="redline-note">[{said}]</span>' in result.introduction.html


def test_a_word_that_is_no_longer_struck_out_is_a_change():
    reader = read(compare("We do ~~not~~ sell data.", "We do not sell data."))

    assert (reader.marked("del"), reader.marked("ins")) == (["not"], ["not"])


def test_a_divided_paragraph_shows_where_it_was_divided():
    result = compare(f"{SHARING} {RIGHTS}", f"{SHARING}\n\n{RIGHTS}")

    assert '<ins class="redline-break">' in result.html
    assert result.html.count("<p>") == 2


def test_labels_can_be_in_any_language():
    labels = Labels(inserted="eingefügt", insertion_ends="Ende", next="Nächste <Änderung>")
    old = document(introduction="One.\n\nTwo three four.\n\nFive.", title="T")
    new = document(introduction="One of.\n\nTwo three four.\n\nFive of.", title="T")

    html = redline.compare(old, new, labels).html

    assert "[eingefügt] " in html
    assert " [Ende]" in html
    assert 'aria-label="Nächste &lt;Änderung&gt;"' in html
    assert "inserted]" not in html


def test_a_text_that_cannot_be_rendered_can_be_compared():
    deep = "> " * 60 + "deep"
    old, new = document(deep), document(deep + "er")

    result = redline.compare(old, new)

    assert sources(old, new) == (old, new)
    assert result.summary.changed == 1


def test_a_change_of_the_source_touches_only_the_words_that_differ():
    old = document(f"{SHARING}\n\n{RIGHTS}")
    new = replace(
        old,
        sections=(
            replace(old.sections[0], body=f"{SHARING}\n\n{RIGHTS.replace('erase', 'port')}"),
        ),
    )

    (change,) = redline.changes_between(old, new).listed

    assert (change.old, change.new) == ("erase", "port")


def test_a_text_of_brackets_that_never_close_is_compared_in_time():
    hostile = Document("Title", "", (Section("Heading", "a", "\n".join(["[^x"] * 120_000)),))

    (section,) = redline.compare(hostile, hostile).sections

    assert section.states == {State.UNCHANGED}


# What is divided, and what is a word: each pair differs in “x” or “y”, too, so that its words are
# compared, and in more only where something is listed.
@pytest.mark.parametrize(
    ("old", "new", "deleted", "inserted"),
    [
        # White space of any kind is no word.
        ("keep 5 GB", "keep 5\u00a0GB", [], []),
        ("keep 5\u00a0GB", "keep 5\u202fGB", [], []),
        ("keep 5\u00a0GB", "keep 5\u2009\u00a0 GB", [], []),
        ("keep\u3000it", "keep\u00a0it", [], []),
        # Numbers are whole, with currency, separators, percent and letters.
        ("costs €5 now", "costs €6 now", ["€5"], ["€6"]),
        ("costs 1.000,50 now", "costs 1.000,60 now", ["1.000,50"], ["1.000,60"]),
        ("at 9:30 now", "at 9:45 now", ["9:30"], ["9:45"]),
        ("in 2024/25 now", "in 2024/26 now", ["2024/25"], ["2024/26"]),
        ("in 10-20 days", "in 10-30 days", ["10-20"], ["10-30"]),
        ("in 10–20 days", "in 10–30 days", ["10–20"], ["10–30"]),
        ("pays 5% more", "pays 6% more", ["5%"], ["6%"]),
        ("the 21st day", "the 31st day", ["21st"], ["31st"]),
        # So are words with a hyphen or an apostrophe, in either form.
        ("a third-party tool", "a third-rate tool", ["third-party"], ["third-rate"]),
        ("an out-of-date tool", "an out-of-step tool", ["out-of-date"], ["out-of-step"]),
        ("a user's right", "a user’s right", [], []),
        ("a user's right", "a user're right", ["user's"], ["user're"]),
        ("a user’s right", "a user’re right", ["user’s"], ["user’re"]),
        ("third\u2011party", "third\u2011rate", ["third\u2011party"], ["third\u2011rate"]),
        ("a third\u2010party tool", "a third-party tool", [], []),
        # So are addresses, without the punctuation behind them.
        ("https://a.example/x-y.", "https://a.example/x-z.", ["https://a.example/x-y"], ["https://a.example/x-z"]),
        ("see www.a.example/x,", "see www.a.example/y,", ["www.a.example/x"], ["www.a.example/y"]),
        ("ask me+a@b.co.uk.", "ask me+a@b.co.ie.", ["me+a@b.co.uk"], ["me+a@b.co.ie"]),
        # Punctuation is divided off, and what looks alike or is not seen makes no difference.
        ("all (of) it", "all of it", ["(", ")"], []),
        ("we say “so” here", 'we say "so" here', [], []),
        ("we say «so» here", "we say ″so″ here", [], []),
        ("and so on...", "and so on…", [], []),
        ("data\u00adbase", "data\u200bbase", [], []),
        ("cafe\u0301 time", "café time", [], []),
        # Scripts without spaces are compared by the character; katakana by the word.
        ("我们收集数据", "我们保存数据", ["收集"], ["保存"]),
        ("サービス", "サーバー", ["サービス"], ["サーバー"]),
        ("ข้อมูล", "ข้อมูน", ["ล"], ["น"]),
        ("ที่นี้", "ที่นี่", ["นี้"], ["นี่"]),
    ],
)  # fmt: skip
def test_words_are_divided_as_a_reader_would(old, new, deleted, inserted):
    texts = (f"x before {old} and after the rest", f"y before {new} and after the rest")
    found = read(compare(*texts))

    tags = [tag for tag, _ in found.tags]
    assert [it for it in found.marked("del") if it != "x"] == deleted
    assert [it for it in found.marked("ins") if it != "y"] == inserted
    # What has no words, such as a space, would be marked as well.
    assert (tags.count("del"), tags.count("ins")) == (len(deleted) + 1, len(inserted) + 1)


@pytest.mark.parametrize(
    ("old", "new", "counts"),
    [
        ("### 1. Fees *old*", "### 1. Fees *new*", (1, 1)),
        ("See ![it](/a.png) here.", "See ![it](/b.png) here.", (1, 1)),
        ("See **_it_** here.", "See _**it**_ here.", (0, 0)),
        # The number of a footnote follows from those before it.
        ("A. B[^b].\n\n[^b]: B.", "A[^a]. B[^b].\n\n[^a]: A.\n\n[^b]: B.", (0, 1)),
    ],
)
def test_what_is_beside_the_words_is_marked_only_where_a_reader_sees_a_change(old, new, counts):
    html = compare(old, new).introduction.html

    assert (html.count("<del>"), html.count("<ins>")) == counts
    assert "formatting changed" not in html
