"""Who may do what in which state: every role × state × action, written out and tried."""

import functools
import importlib
import pkgutil
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction

from policies import ledger, workflow
from policies.models import AuditEvent, Policy, PreviewLink, ReturnedFile, ReviewComment
from policies.permissions import ACTIONS, MANAGE_WEBHOOKS
from policies.states import NUMBERED, OPEN, Status
from policies.text import word_export
from policies.workflow import open_findings
from tests.factories import (
    IN_FIFTY_YEARS,
    NOW,
    every_row,
    make_document,
    make_emergency,
    make_limited_user,
    make_policy,
    make_revision,
    make_user,
    make_version,
)
from tests.policies.text.word_edits import tracked
from tests.policies.text.word_exports import FACTS

pytestmark = pytest.mark.django_db


def test_each_button_takes_its_label_from_the_table():
    templates = Path(settings.BASE_DIR, "templates", "admin").rglob("*.html")
    used = {
        action
        for template in templates
        for action in re.findall(r'{% action_label "(\w+)" %}', template.read_text("utf-8"))
    }
    # A command publishes imports; the others are done by a button of another action.
    without_button = {"publish_import", "correct_name", "set_source_version"}

    assert used == {*BY_PEOPLE, "change_webhook_secret"} - without_button


# All but those that only a command does, and those on webhooks (staff/test_webhook_admin.py).
BY_PEOPLE = [
    name
    for name, action in ACTIONS.items()
    if action.permissions and MANAGE_WEBHOOKS not in action.permissions
]

# W Writers, R Reviewers, P Publishers, E who holds publish_without_approval alone, S a superuser;
# "." nobody. None of them wrote in the revision. A person without any role may do nothing.
#
#                               draft    in_review approved published withdrawn discarded
ALLOWED = {
    "save_draft":                ("W S",   ".",      ".",     ".",      ".",      "."),
    "submit":                    ("W S",   ".",      ".",     ".",      ".",      "."),
    "withdraw_submission":       (".",     "W S",    ".",     ".",      ".",      "."),
    "reassign_review":           (".",     "WR S",   ".",     ".",      ".",      "."),
    "nudge":                     (".",     "W S",    ".",     ".",      ".",      "."),
    "set_source_version":        ("W S",   ".",      ".",     ".",      ".",      "."),
    "justify":                   ("WRP S", "WRP S",  "WRP S", ".",      ".",      "."),
    "overrule":                  ("R S",   "R S",    "R S",   ".",      ".",      "."),
    "withdraw_overruling":       ("R S",   "R S",    "R S",   ".",      ".",      "."),
    "comment":                   ("WRP S", "WRP S",  "WRP S", ".",      ".",      "."),
    "reply_to_comment":          ("WRP S", "WRP S",  "WRP S", ".",      ".",      "."),
    "assign_comment":            ("WRP S", "WRP S",  "WRP S", ".",      ".",      "."),
    "resolve_comment":           ("WRP S", "WRP S",  "WRP S", ".",      ".",      "."),
    "accept_suggestion":         ("W S",   ".",      ".",     ".",      ".",      "."),
    "decline_suggestion":        ("W S",   ".",      ".",     ".",      ".",      "."),
    "bring_back_file":           ("W S",   "W S",    "W S",   ".",      ".",      "."),
    "accept_proposals":          ("W S",   ".",      ".",     ".",      ".",      "."),
    "decline_proposals":         ("W S",   ".",      ".",     ".",      ".",      "."),
    "share":                     ("WRP S", "WRP S",  "WRP S", ".",      ".",      "."),
    "revoke_link":               ("WRP S", "WRP S",  "WRP S", "WRP S",  "WRP S",  "WRP S"),
    "request_changes":           (".",     "R S",    ".",     ".",      ".",      "."),
    "approve":                   (".",     "R S",    ".",     ".",      ".",      "."),
    "reopen":                    (".",     ".",      "WRP S", ".",      ".",      "."),
    "discard":                   ("W S",   "W S",    "W S",   ".",      ".",      "."),
    "publish":                   (".",     ".",      "P S",   ".",      ".",      "."),
    "publish_without_approval":  ("E S",   "E S",    ".",     ".",      ".",      "."),
    "approve_afterwards":        (".",     ".",      ".",     "R S",    "R S",    "."),
    "reschedule":                (".",     ".",      ".",     "P S",    ".",      "."),
    "withdraw":                  (".",     ".",      ".",     "P S",    ".",      "."),
    "publish_import":            ("P S",   ".",      ".",     ".",      ".",      "."),
    # About the policy, while its only revision is in this state.
    "create_policy":             ("W S",   "W S",    "W S",   "W S",    "W S",    "W S"),
    "set_check_interval":        ("P S",   "P S",    "P S",   "P S",    "P S",    "P S"),
    "set_notice_period":         ("P S",   "P S",    "P S",   "P S",    "P S",    "P S"),
    "set_checklists":            ("P S",   "P S",    "P S",   "P S",    "P S",    "P S"),
    "set_owner":                 ("P S",   "P S",    "P S",   "P S",    "P S",    "P S"),
    "set_translation_of":        ("P S",   ".",      ".",     "P S",    "P S",    "P S"),
    "set_prevailing_language":   ("P S",   "P S",    "P S",   "P S",    "P S",    "P S"),
    "confirm_check":             (".",     ".",      ".",     "WRP S",  ".",      "."),
    "rename_policy":             ("P S",   "P S",    "P S",   "P S",    "P S",    "P S"),
    "correct_name":              ("P S",   "P S",    "P S",   "P S",    "P S",    "P S"),
    "start_draft":               (".",     ".",      ".",     "W S",    "W S",    "W S"),
    "import_draft":              ("W S",   ".",      ".",     "W S",    "W S",    "W S"),
    "retire":                    (".",     ".",      ".",     "P S",    ".",      "."),
    "reinstate":                 (".",     ".",      ".",     "P S",    ".",      "."),
}  # fmt: skip
# The database changes the day only after the ledger's entry.
RECORDED_FIRST = {"reschedule"}

MODULES = [it.name for it in pkgutil.iter_modules(workflow.__path__)]
STATES = [
    Status.DRAFT,
    Status.IN_REVIEW,
    Status.APPROVED,
    Status.PUBLISHED,
    Status.WITHDRAWN,
    Status.DISCARDED,
]


def make_person(letter):
    match letter:
        case "S":
            return make_user(is_superuser=True)
        case "E":
            return make_user(permissions=["publish_without_approval"])
        case "-":
            return make_user()
    return make_user({"W": "Writers", "R": "Reviewers", "P": "Publishers"}[letter])


ABOUT_A_COMMENT = {
    *(
        "resolve_comment",
        "reply_to_comment",
        "assign_comment",
        "accept_suggestion",
        "decline_suggestion",
    )
}
ABOUT_A_FILE = {"accept_proposals", "decline_proposals"}
# Those that need more than a revision in some state.
WITH_A_SUBJECT_OF_ITS_OWN = {
    *ABOUT_A_COMMENT,
    *ABOUT_A_FILE,
    *("revoke_link", "reinstate", "approve_afterwards", "overrule", "withdraw_overruling"),
    *("publish_import", "import_draft", "set_source_version", "justify", "retire", "confirm_check"),
}
# Those for which that of another action will do.
SAME_SUBJECT = {
    "reply_to_comment": "resolve_comment",
    "assign_comment": "resolve_comment",
    "decline_suggestion": "accept_suggestion",
    "decline_proposals": "accept_proposals",
    "import_draft": "publish_import",
    "confirm_check": "retire",
}


def make_subject(action, status):
    """A revision in `status` for which nothing but role and state prevents the action."""
    revision = make_revision_for(action, status)
    if action == "revoke_link":
        PreviewLink.objects.create(
            revision=revision, recipient="C", created_at=NOW, expires_at=NOW + timedelta(days=1)
        )
    if action in {"resolve_comment", "reply_to_comment", "assign_comment"} and status in OPEN:
        workflow.comment(revision.pk, by=make_user("Writers"), at=NOW, text="Hm.")
    if action in {"accept_suggestion", "decline_suggestion"} and status in OPEN:
        how = {"by": make_user("Writers"), "at": NOW, "text": "Hm."}
        workflow.comment(revision.pk, **how, words="what we do", replacement="all that we do")
    if action in {"accept_proposals", "decline_proposals"} and status in OPEN:
        bring_back(revision, by=make_user("Writers"))
    if action == "withdraw_overruling" and status in OPEN:
        how = {"by": make_user("Reviewers"), "at": NOW, "reason": "It is so."}
        workflow.overrule(revision.pk, key=a_finding_of(revision), **how)
    if action == "reinstate" and status == Status.PUBLISHED:
        workflow.retire(revision.policy_id, by=make_user("Publishers"), at=NOW, notice="Gone.")
    # A revision that is closed has none that is open: whichever it is, it is refused.
    if action in ABOUT_A_COMMENT and status not in OPEN:
        make_comment_elsewhere()
    if action in ABOUT_A_FILE and status not in OPEN:
        make_file_elsewhere()
    return revision


def make_revision_for(action, status):
    upcoming = IN_FIFTY_YEARS
    if action == "approve_afterwards" and status in NUMBERED:
        revision = make_emergency(effective_at=upcoming)
        if status == Status.WITHDRAWN:
            workflow.withdraw(revision.pk, by=make_user("Publishers"), at=NOW, reason="Wrong.")
        return revision
    if action in {"publish_import", "import_draft"} and status == Status.DRAFT:
        return workflow.import_draft(make_policy().pk, make_document(), by=None, at=NOW)
    if action == "set_source_version" and status == Status.DRAFT:
        source = make_version().policy
        make_version(policy=source, at=NOW + timedelta(hours=1))
        return make_revision(policy=make_policy(language="de", translation_of=source))
    if action == "justify" and status in OPEN:
        return make_revision(status=status, document=make_document(text="See [it](#nowhere)."))
    if action in {"overrule", "withdraw_overruling"} and status in OPEN:
        return make_revision(status=status, text="Ask [TBD].")
    is_about_now = action in {"retire", "reinstate", "confirm_check"}
    return make_revision(status=status, effective_at=None if is_about_now else upcoming)


def attempt(action, revision, by):
    """Call the action as it is meant to be called."""
    special = {
        "save_draft": lambda: (
            revision.pk,
            {"document": make_document(), "seen_saves": revision.saves},
        ),
        "comment": lambda: (revision.pk, {"text": "Why?"}),
        "share": lambda: (revision.pk, {"recipient": "Counsel"}),
        "request_changes": lambda: (revision.pk, {"text": "No."}),
        "publish_without_approval": lambda: (revision.pk, {"reason": "A leak."}),
        "reassign_review": lambda: (revision.pk, {"note": "I am away."}),
        "withdraw": lambda: (revision.pk, {"reason": "Wrong."}),
        "reschedule": lambda: (
            revision.pk,
            {"reason": "Later.", "effective_at": IN_FIFTY_YEARS + timedelta(days=1)},
        ),
        "justify": lambda: (revision.pk, {"key": a_finding_of(revision), "reason": "It comes."}),
        "overrule": lambda: (revision.pk, {"key": a_finding_of(revision), "reason": "It is so."}),
        "withdraw_overruling": lambda: (revision.pk, {"key": a_finding_of(revision)}),
        "publish_import": lambda: (revision.pk, {"reason": "Imported.", "effective_at": NOW}),
        "start_draft": lambda: (revision.policy_id, {}),
        "import_draft": lambda: (revision.policy_id, {"document": make_document(text="A file.")}),
        "retire": lambda: (revision.policy_id, {"notice": "Gone."}),
        "reinstate": lambda: (revision.policy_id, {}),
        "confirm_check": lambda: (revision.policy_id, {}),
        "set_check_interval": lambda: (revision.policy_id, {"months": 6}),
        "set_notice_period": lambda: (revision.policy_id, {"days": 30}),
        "set_checklists": lambda: (revision.policy_id, {"which": ["apple"]}),
        "set_owner": lambda: (revision.policy_id, {"owner_id": None}),
        "rename_policy": lambda: (revision.policy_id, {"slug": "elsewhere"}),
        "correct_name": lambda: (revision.policy_id, {"name": "Elsewhere"}),
        "set_source_version": lambda: (revision.pk, {"number": 1}),
        "set_translation_of": lambda: (revision.policy_id, {"source_id": a_source()}),
        "set_prevailing_language": lambda: (revision.policy_id, {"language": "en"}),
    }
    if action == "create_policy":
        workflow.create_policy(slug="another", name="Another", by=by, at=NOW)
        return
    if action in ABOUT_A_COMMENT:
        remark = revision.comments.first() or ReviewComment.objects.latest("pk")
        said = {"reply_to_comment": {"text": "So."}, "assign_comment": {"assignee_id": None}}
        function_of(action)(remark.pk, by=by, at=NOW, **said.get(action, {}))
        return
    if action == "bring_back_file":
        bring_back(revision, by=by)
        return
    if action in ABOUT_A_FILE:
        file = revision.returned_files.first() or ReturnedFile.objects.latest("pk")
        function_of(action)(file.pk, by=by, at=NOW)
        return
    if action == "revoke_link":
        workflow.revoke_link(revision.preview_links.get().pk, by=by, at=NOW)
        return
    identity, extra = special[action]() if action in special else (revision.pk, {})
    function_of(action)(identity, by=by, at=NOW, **extra)


def function_of(action):
    """Return the function of an action, in whichever module of workflow/ it is."""
    modules = [importlib.import_module(f"policies.workflow.{it}") for it in MODULES]
    return next(getattr(it, action) for it in [workflow, *modules] if hasattr(it, action))


def a_source():
    return make_policy(language="de").pk


def a_finding_of(revision):
    return next((it.finding.key for it in open_findings.findings_of(revision, at=NOW)), "")


@functools.cache
def changed_in_word(document):
    return tracked(word_export.write(document, FACTS), "what we do", "all that we do")


def bring_back(revision, *, by):
    data = changed_in_word(revision.document())
    how = {"by": by, "at": NOW, "name": "counsel.docx", "data": data}
    return workflow.bring_back_file(revision.pk, **how, compare_with=revision.pk)


def make_file_elsewhere():
    other = make_revision(status=Status.DRAFT)
    bring_back(other, by=make_user("Writers"))
    workflow.discard(other.pk, by=make_user("Writers"), at=NOW)


def make_comment_elsewhere():
    other = make_revision(status=Status.DRAFT)
    workflow.comment(other.pk, by=make_user("Writers"), at=NOW, text="Hm.")
    workflow.discard(other.pk, by=make_user("Writers"), at=NOW)


@pytest.mark.no_cover  # each action has tests of its own; these go the same ways for each state
@pytest.mark.parametrize("status", STATES)
def test_each_role_may_do_exactly_what_the_table_says(status):
    people = {letter: make_person(letter) for letter in "WRPES-"}
    subject = functools.cache(functools.partial(make_subject, status=status))

    def who_may(action):
        own = action in WITH_A_SUBJECT_OF_ITS_OWN
        revision = subject(SAME_SUBJECT.get(action, action) if own else "")
        return {it for it, person in people.items() if is_open(action, revision, person)}

    found = {action: who_may(action) for action in ALLOWED}

    column = STATES.index(status)
    assert found == {action: set(row[column]) - set(". ") for action, row in ALLOWED.items()}


# What needs another policy, too, which these people may know nothing of.
ABOUT_ANOTHER_POLICY = {"create_policy", "set_translation_of"}


@pytest.mark.no_cover
@pytest.mark.parametrize("status", STATES)
def test_a_role_for_one_policy_or_language_is_one_there_and_none_elsewhere(status):
    subject = functools.cache(functools.partial(make_subject, status=status))
    person = functools.cache(make_limited_user)
    roles = {"W": "Writers", "R": "Reviewers", "P": "Publishers"}
    elsewhere = [{"policy": make_policy()}, {"language": "fr"}]
    wrong = []
    for action, row in ALLOWED.items():
        own = action in WITH_A_SUBJECT_OF_ITS_OWN
        revision = subject(SAME_SUBJECT.get(action, action) if own else "")
        # Who has all roles elsewhere, and may not, may not by one of them either.
        tried = [(person(*roles.values(), **where), False) for where in elsewhere]
        for letter, role in roles.items():
            may = letter in row[STATES.index(status)] and action not in ABOUT_ANOTHER_POLICY
            tried += [
                (person(role, policy=revision.policy), may),
                (person(role, language=revision.policy.language), may or _creates(action, letter)),
            ]
        wrong += [
            (action, [*by.role_grants.all()], expected)
            for by, expected in tried
            if is_open(action, revision, by) is not expected
        ]
    assert wrong == []


def _creates(action, letter):
    return action == "create_policy" and letter == "W"


def is_open(action, revision, by):
    """Return whether somebody may do it. What was done is undone."""
    try:
        with transaction.atomic():
            attempt(action, revision, by)
            transaction.set_rollback(True)
    except workflow.Refused:
        return False
    return True


def allowed_subject(action):
    """A revision in the first state in which a superuser may do it."""
    rows = zip(STATES, ALLOWED[action], strict=True)
    return make_subject(action, next(status for status, who in rows if "S" in who))


def but_records(rows):
    """Leave out the records of an action, and the e-mails about it: they come last."""
    records = {"AuditEvent", "LedgerEntry", "Announcement", "Mail"}
    return {name: rows[name] for name in rows.keys() - records}


@pytest.mark.parametrize("action", BY_PEOPLE)
def test_an_action_leaves_one_entry_of_its_name_in_the_audit_or_nothing_if_it_fails_midway(
    action, monkeypatch
):
    superuser = make_user(is_superuser=True)
    revision = allowed_subject(action)
    source = a_source()
    monkeypatch.setitem(globals(), "a_source", lambda: source)
    before = every_row()

    changed = []

    def break_off(*_):
        changed.append(but_records(every_row()) != but_records(before))
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr(ledger, "append", break_off)
        with pytest.raises(ZeroDivisionError):
            attempt(action, revision, superuser)

    assert every_row() == before
    attempt(action, revision, superuser)
    does_more = but_records(every_row()) != but_records(before)
    assert changed == [does_more and action not in RECORDED_FIRST], (
        "it broke off before it had changed anything"
    )
    assert [it.action for it in AuditEvent.objects.filter(done_by=superuser)] == [action]


def test_the_table_has_every_action_and_every_state():
    """If this fails: CONTRIBUTING.md, Add an action, names each place."""
    assert set(ALLOWED) == set(BY_PEOPLE)
    assert set(STATES) == set(Status)


def test_a_refusal_names_the_person_and_the_permission():
    revision = make_revision()
    person = make_user(name="bob")

    with pytest.raises(workflow.NotAllowed, match=r"bob .*policies\.write_revision"):
        workflow.submit(revision.pk, by=person, at=NOW)


def test_a_refusal_says_what_happened_meanwhile():
    revision = make_revision(status=Status.APPROVED)
    publisher = make_user("Publishers", name="cyn")
    workflow.publish(revision.pk, by=publisher, at=NOW)

    with pytest.raises(workflow.WrongState, match=r"cyn: published, May 2, 2026, 12:00 \(UTC\)"):
        workflow.publish(revision.pk, by=publisher, at=NOW)
    assert Policy.objects.get().revisions.numbered().count() == 1
