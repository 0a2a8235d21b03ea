"""The desk: findings in groups, each answered by one form, with a script or without."""

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone

from policies import ledger
from policies.models import AuditEvent, Justification, Overruling, Revision
from policies.staff.audit_views import AUDITED_FINDINGS
from policies.states import Status
from policies.text.document import Document, Section
from policies.workflow import open_findings
from tests.factories import make_document, make_emergency, make_revision
from tests.policies.staff.desk import form, log_in, page, words

pytestmark = pytest.mark.django_db

BLOCK = make_document(text="The band [TBD] plays.")
BLOCKS = make_document(text="\n\n".join(f"Guest {number} is [TBD]." for number in range(42)))
DOUBTS = make_document(text="\n\n".join(f"See [place {number}](#nowhere)." for number in range(42)))
AS_JSON = {"Accept": "application/json"}


def forms(client, where, revision):
    soup = BeautifulSoup(client.get(page(where, revision.pk)).content, "html.parser")
    return [it for it in soup.find_all("form") if it.find("input", {"name": "reason"})]


def fields(of, **changes):
    hidden = of.find_all("input", {"type": "hidden"})
    return {str(it["name"]): str(it["value"]) for it in hidden} | changes


def test_an_approval_says_what_still_blocks_publication():
    draft = make_revision(document=BLOCK, status=Status.IN_REVIEW)
    client, _ = log_in("Reviewers")

    sent = client.post(page("approve", draft.pk), {"seen_digest": draft.digest}, follow=True)

    assert "publishers’ desk. 1 finding still blocks publication." in words(sent)


def test_two_people_publish_past_a_wrong_block():
    writing, writer = log_in("Writers", "Publishers", name="wim")
    reviewing, _ = log_in("Reviewers", name="rita")
    draft = make_revision(document=BLOCK, writer=writer)

    said = words(writing.post(page("submit", draft.pk), follow=True))
    assert "1 finding still blocks publication. A reviewer must overrule what is not fixed." in said
    assert forms(writing, "review", draft) == []
    assert "a reviewer who did not work on this text can overrule it" in said
    assert "Overrule what is not a mistake, or request changes." in words(
        reviewing.get(page("review", draft.pk))
    )
    (its,) = forms(reviewing, "review", draft)
    answer = reviewing.post(str(its["action"]), fields(its, reason="Their name is [TBD]."))

    assert answer["Location"] == f"{page('review', draft.pk)}#findings"
    expected = "Overruled by rita, "
    for client in (writing, reviewing):
        shown = words(client.get(page("review", draft.pk)))
        assert expected in shown
        assert "Their name is [TBD]." in shown
        assert "in this text, not blocking publication; 1 overruled" in shown
    reviewing.post(page("approve", draft.pk), {"seen_digest": draft.digest})
    shown = words(writing.get(page("publish", draft.pk)))
    assert expected in shown
    assert "Their name is [TBD]." in shown
    writing.post(page("publish", draft.pk), {"seen_digest": draft.digest, "when": "now"})
    assert Revision.objects.get(pk=draft.pk).status == Status.PUBLISHED
    assert ledger.verify().problems == []


def test_an_author_is_offered_no_form_and_is_refused_without_it():
    client, author = log_in("Writers", "Reviewers")
    revision = make_revision(document=BLOCK, writer=author, status=Status.IN_REVIEW)
    key = open_findings.still_open(open_findings.findings_of(revision, at=timezone.now()))[0]
    typed = {"key": key.finding.key, "reason": "I say so."}

    assert forms(client, "review", revision) == []
    answer = client.post(page("overrule", revision.pk), typed)

    assert answer.status_code == 422
    assert "You worked on this revision, so somebody else must overrule its findings." in words(
        answer
    )
    assert "I say so." in words(answer)
    answer = client.post(page("overrule", revision.pk), typed, headers=AS_JSON)
    assert (answer.status_code, list(answer.json())) == (422, ["problem"])
    assert not Overruling.objects.exists()


def test_a_draft_shows_its_writer_who_overruled_what_and_why():
    client, writer = log_in("Writers")
    draft = make_revision(document=BLOCK, writer=writer)
    reviewing, _ = log_in("Reviewers", name="rita")
    assert "1 to fix" in words(client.get(page("edit", draft.pk)))
    (its,) = forms(reviewing, "review", draft)

    reviewing.post(str(its["action"]), fields(its, reason="It is a name."))

    shown = words(client.get(page("edit", draft.pk)))
    assert "1 overruled" in shown
    assert "Overruled by rita, " in shown
    assert "(UTC): It is a name." in shown
    assert "Withdraw overruling" not in shown
    preview = client.post(page("preview", draft.pk), form(draft)).json()["findings"]
    assert "Overruled by rita, " in preview
    assert "1 finding<" not in words(client.get("/admin/"))


def test_an_overruling_is_withdrawn_on_the_review_page():
    revision = make_revision(document=BLOCK, status=Status.APPROVED)
    client, _ = log_in("Reviewers")
    (its,) = forms(client, "review", revision)
    client.post(str(its["action"]), fields(its, reason="It is a name."))
    url = page("withdraw_overruling", revision.pk)
    soup = BeautifulSoup(client.get(page("review", revision.pk)).content, "html.parser")
    withdrawal = soup.find("form", {"action": url})
    assert withdrawal is not None

    said = words(client.post(url, fields(withdrawal), follow=True))

    assert "Overruling withdrawn." in said
    assert "1 finding blocks publication." in said
    assert "not overruled any more" in words(client.post(url, fields(withdrawal), follow=True))


def test_who_overruled_and_then_wrote_sees_that_somebody_else_must_decide():
    client, both = log_in("Writers", "Reviewers", name="bo")
    draft = make_revision(document=BLOCK)
    (its,) = forms(client, "edit", draft)
    client.post(str(its["action"]), fields(its, reason="It is a name."))
    assert "Overruled by bo" in words(client.get(page("edit", draft.pk)))

    client.post(page("edit", draft.pk), form(draft, introduction="By me."))

    for where in ("edit", "review"):
        shown = words(client.get(page(where, draft.pk)))
        assert "bo overruled this, but worked on this text" in shown
    assert "1 finding<" in words(client.get("/admin/"))
    assert both.pk in {it.contributed_by_id for it in draft.contributions.all()}


@pytest.mark.parametrize("where", ["edit", "review"])
def test_42_like_findings_are_one_entry_of_the_list_and_justified_by_one_form(where):
    client, writer = log_in("Writers")
    draft = make_revision(document=DOUBTS, writer=writer)

    (its,) = forms(client, where, draft)
    shown = words(client.get(page(where, draft.pk)))
    assert "42 like this." in shown
    assert "Show all 42" in shown
    assert "place 41 (#nowhere)" in shown
    assert "Save reason for all 42" in words_of(its)
    answer = client.post(str(its["action"]), fields(its, reason="The page is made next week."))

    assert answer["Location"] == f"{page(where, draft.pk)}#findings"
    assert forms(client, where, draft) == []
    assert words(client.get(page(where, draft.pk))).count("The page is made next week.") == 1
    assert Justification.objects.count() == 42
    assert AuditEvent.objects.filter(action="justify").count() == 1


def words_of(element):
    return " ".join(element.get_text(" ").split())


def test_of_many_findings_that_were_answered_together_the_audit_shows_the_first():
    client, _ = log_in("Publishers")
    many = AUDITED_FINDINGS + 1
    text = "\n\n".join(f"See [place {number}](#nowhere)." for number in range(many))
    revision = make_revision(text=text)
    (its,) = forms(client, "review", revision)
    client.post(str(its["action"]), fields(its, reason="They come."))

    shown = words(client.get(page("audit", revision.policy_id)))
    table = words(client.get(page("audit_csv", revision.policy_id)))

    assert f"<summary>{many} findings</summary>" in shown
    assert "Only the first 50 are shown. The CSV has them all." in shown
    last = f"place {many - 1} (#nowhere)"
    assert last not in shown
    assert last in table


def test_a_script_gets_the_parts_of_the_page_that_changed():
    client, _ = log_in("Reviewers")
    revision = make_revision(document=BLOCK, status=Status.IN_REVIEW)
    (its,) = forms(client, "review", revision)

    empty = client.post(str(its["action"]), fields(its, reason=" "), headers=AS_JSON)
    answer = client.post(str(its["action"]), fields(its, reason="A name."), headers=AS_JSON).json()
    withdrawal = {"key": fields(its)["key"]}
    url = page("withdraw_overruling", revision.pk)
    again = client.post(url, withdrawal, headers=AS_JSON).json()

    assert empty.json() == {"problem": "Enter a reason why this is not a problem."}
    assert answer["done"] == "Overruled."
    assert "A name." in answer["parts"]["findings-list"]
    assert answer["parts"]["blocking"].strip() == ""
    assert again["done"] == ("Overruling withdrawn. 1 finding still blocks publication.")
    assert "1 finding blocks publication." in again["parts"]["blocking"]


def test_a_script_of_the_editor_gets_the_editors_list():
    client, writer = log_in("Writers")
    draft = make_revision(document=DOUBTS, writer=writer)
    (its,) = forms(client, "edit", draft)

    answer = client.post(str(its["action"]), fields(its, reason="Soon."), headers=AS_JSON).json()

    assert list(answer["parts"]) == ["findings-list"]
    assert "42 justified" in answer["parts"]["findings-list"]
    assert "What laws and app stores require" in answer["parts"]["findings-list"]


def test_a_published_text_can_not_be_overruled_any_more():
    revision = make_emergency(make_revision(document=BLOCK), at=timezone.now())
    client, _ = log_in("Reviewers")

    assert forms(client, "review", revision) == []
    answer = client.post(page("overrule", revision.pk), {"key": "f" * 64, "reason": "Late."})
    assert "“Overrule” was refused" in words(answer)


def test_five_suggestions_are_shown_at_once_and_the_others_folded():
    sections = tuple(Section(f"Part {at}", f"part-{at}", "") for at in range(7))
    draft = make_revision(document=Document("Terms", "We keep little.", sections))
    client, _ = log_in("Writers", "Reviewers")

    for where in ("edit", "review"):
        soup = BeautifulSoup(client.get(page(where, draft.pk)).content, "html.parser")
        (more,) = [it for it in soup.find_all("summary") if "more suggestion" in it.text]
        folded = more.find_parent("details")
        assert folded is not None
        assert more.text == "2 more suggestions"
        assert len(soup.select(".finding")) == 7
        assert len(folded.select(".finding")) == 2
        assert str(soup).count("Add the text, or delete the heading.") == 2, "once for each list"
