"""Rules on comments, answers to findings, preview links and late approvals."""

# ruff: noqa: S608  every name and value in this SQL is our own

from policies.database.rules.conditions import (
    Rule,
    append_only,
    changed,
    columns,
    quoted,
    status_of,
    table_of,
)
from policies.states import NUMBERED, OPEN

# Columns that came later have rules of their own, as in revisions.py.
_LATER_OF_COMMENTS = frozenset({"quotation", "link_id", "guest", "file_id"})
_LATER_OF_LINKS = frozenset({"takes_comments"})


def review_rules() -> list[Rule]:
    comment, late = table_of("ReviewComment"), table_of("LateApproval")
    given, reply, link = map(table_of, ("Justification", "CommentReply", "PreviewLink"))
    revocation = ["revoked_at", "revoked_by_id"]
    used = frozenset({*revocation, "last_used_at", "uses"})
    bound = columns("PreviewLink", without=used | _LATER_OF_LINKS)
    revision, contribution = table_of("Revision"), table_of("Contribution")
    resolution = frozenset({"resolved_at", "resolved_by_id"})
    said = columns("ReviewComment", without=resolution | _LATER_OF_COMMENTS)
    overruling = table_of("Overruling")
    overruled = columns("Overruling", without=frozenset({"withdrawn_at", "withdrawn_by_id"}))
    request = table_of("ReviewRequest")
    file, decision = table_of("ReturnedFile"), table_of("ProposalDecision")
    return [
        Rule(
            "review_request_to_another",
            request,
            "INSERT",
            f"COALESCE({status_of('NEW.revision_id')}, '') <> 'in_review'"
            f" OR EXISTS (SELECT 1 FROM {contribution} c WHERE c.revision_id = NEW.revision_id"
            " AND c.contributed_by_id = NEW.reviewer_id)",
            "A review is asked for while a revision is in review, and of nobody who wrote in it.",
        ),
        Rule("review_request_frozen", request, "UPDATE", "TRUE", "A request is never changed."),
        Rule("review_request_kept", request, "DELETE", "TRUE", "A request is never deleted."),
        Rule(
            "comment_on_open_revision",
            comment,
            "INSERT",
            f"COALESCE({status_of('NEW.revision_id')}, '') NOT IN {quoted(OPEN)}"
            " OR NEW.resolved_at IS NOT NULL",
            "Comments belong to work in progress, and are open at first.",
        ),
        Rule(
            "comment_resolved_once",
            comment,
            "UPDATE",
            f"{changed(said)} OR OLD.resolved_at IS NOT NULL"
            f" OR {status_of('OLD.revision_id')} NOT IN {quoted(OPEN)}",
            "A comment stays as it was written; it can be resolved once.",
        ),
        Rule(
            "comment_words_kept",
            comment,
            "UPDATE",
            changed(sorted(_LATER_OF_COMMENTS)),
            "A comment stays on the words that it is about, and with the name that was given.",
        ),
        Rule(
            "comment_by_someone",
            comment,
            "INSERT",
            "(COALESCE(NEW.link_id, NEW.file_id) IS NULL) <> (NEW.guest IS NULL)"
            " OR (NEW.file_id IS NOT NULL AND (NEW.guest = '' OR NEW.created_by_id IS NOT NULL"
            f" OR NEW.link_id IS NOT NULL OR NOT EXISTS (SELECT 1 FROM {file} f"
            " WHERE f.id = NEW.file_id AND f.revision_id = NEW.revision_id)))"
            " OR (NEW.link_id IS NOT NULL AND (NEW.guest = '' OR NEW.created_by_id IS NOT NULL"
            f" OR NOT EXISTS (SELECT 1 FROM {link} l WHERE l.id = NEW.link_id"
            " AND l.takes_comments AND l.revision_id = NEW.revision_id AND l.revoked_at IS NULL"
            " AND l.expires_at > NEW.created_at)))",
            "A comment from outside has a name, and came by a Word file or by a preview link that"
            " takes comments.",
        ),
        Rule("comment_kept", comment, "DELETE", "TRUE", "Comments are resolved, not deleted."),
        Rule(
            "reply_on_open_revision",
            reply,
            "INSERT",
            f"COALESCE((SELECT status FROM {revision} WHERE id = (SELECT revision_id"
            f" FROM {comment} WHERE id = NEW.comment_id) FOR SHARE), '') NOT IN {quoted(OPEN)}",
            "Answers belong to comments on work in progress.",
        ),
        Rule(
            "reply_by_someone",
            reply,
            "INSERT",
            "(NEW.file_id IS NULL) <> (NEW.guest IS NULL)"
            " OR (NEW.file_id IS NOT NULL AND (NEW.guest = '' OR NEW.created_by_id IS NOT NULL"
            f" OR NOT EXISTS (SELECT 1 FROM {file} f JOIN {comment} c ON c.id = NEW.comment_id"
            " WHERE f.id = NEW.file_id AND f.revision_id = c.revision_id)))",
            "A reply from outside has a name, and came by a Word file.",
        ),
        *append_only("reply", reply, "An answer stays as it was written."),
        Rule(
            "returned_file_for_open_revision",
            file,
            "INSERT",
            f"COALESCE({status_of('NEW.revision_id')}, '') NOT IN {quoted(OPEN)}",
            "A file is brought back to work in progress.",
        ),
        *append_only("returned_file", file, "A file stays as it came back."),
        Rule(
            "proposal_decided_in_draft",
            decision,
            "INSERT",
            f"COALESCE((SELECT status FROM {revision} WHERE id = (SELECT revision_id"
            f" FROM {file} WHERE id = NEW.file_id) FOR SHARE), '') <> 'draft'",
            "A proposal is accepted or declined while the text is a draft.",
        ),
        *append_only("proposal_decision", decision, "A decision is kept."),
        Rule(
            "preview_link_frozen",
            link,
            "UPDATE",
            f"{changed(bound)} OR (OLD.revoked_at IS NOT NULL AND {changed(revocation)})",
            "A preview link is bound to what it was made for, and revoked once.",
        ),
        Rule(
            "preview_link_comments",
            link,
            "UPDATE",
            changed(sorted(_LATER_OF_LINKS)),
            "Whether a preview link takes comments was decided when it was made.",
        ),
        Rule("preview_link_kept", link, "DELETE", "TRUE", "Preview links are revoked only."),
        Rule(
            "late_approval_by_another",
            late,
            "INSERT",
            f"NOT EXISTS (SELECT 1 FROM {revision} r WHERE r.id = NEW.revision_id"
            f" AND r.status IN {quoted(NUMBERED)} AND r.basis = 'emergency'"
            " AND r.digest = NEW.approved_digest"
            " AND r.published_by_id <> NEW.approved_by_id"
            " AND COALESCE(NEW.approved_by_id NOT IN (r.created_by_id, r.saved_by_id), TRUE))"
            f" OR EXISTS (SELECT 1 FROM {contribution} c"
            " WHERE c.revision_id = NEW.revision_id"
            " AND c.contributed_by_id = NEW.approved_by_id)",
            "An emergency publication is approved by somebody who neither wrote nor published it.",
        ),
        *append_only("acknowledgement", given, "A given reason stays as it is."),
        Rule(
            "overruling_by_another",
            overruling,
            "INSERT",
            f"NEW.withdrawn_at IS NOT NULL OR EXISTS (SELECT 1 FROM {contribution} c"
            f" JOIN {revision} r ON r.id = c.revision_id WHERE r.policy_id = NEW.policy_id"
            f" AND r.status IN {quoted(OPEN)} AND c.contributed_by_id = NEW.overruled_by_id)",
            "Nobody overrules a finding in a text that they wrote any part of.",
        ),
        Rule(
            "overruling_withdrawn_once",
            overruling,
            "UPDATE",
            f"{changed(overruled)} OR OLD.withdrawn_at IS NOT NULL",
            "An overruling stays as it is; it can be withdrawn once.",
        ),
        Rule("overruling_kept", overruling, "DELETE", "TRUE", "Overrulings are withdrawn only."),
        Rule("late_approval_frozen", late, "UPDATE", "TRUE", "An approval is never changed."),
        Rule("late_approval_kept", late, "DELETE", "TRUE", "An approval is never deleted."),
    ]
