"""Every change of a revision's or a policy's state, and its refusals: workflow.<action>.

An action is one transaction, after heavy work on a text (heavy_work.py). It locks policies in the
order of their keys, then the revision; asks whether the person may, and whether the state allows it
(ACTIONS has both); checks what is special to it; changes; and records, for which it locks the
chains last. `by` is the person who acts, `at` the aware time at which they do: nothing here asks a
clock. A refusal is a Refused, worded for that person; after it nothing has changed. Each action
raises NotThere, NotAllowed, WrongState and, for an argument that is missing or makes no sense,
Incomplete. Its docstring names them where there is more to say.

Three promises live here. What is approved is bound to its text by the text's SHA-256. Nobody
approves what they wrote in, or overrules a finding there. What is published never changes, except
the day of a version that is still upcoming (rescheduling.py). The rules of the database
(database/rules/) hold for whoever goes around this package.

    drafting.py            a draft's text: started, saved, imported
    reviewing.py           submitted to a reviewer, who can be reminded; changes requested,
                           approved, reopened, discarded
    publishing.py          published, in an emergency too; approved afterwards; withdrawn
    notice_periods.py      how long before it takes effect a change is published
    periodic_checks.py     how often a policy is checked, when it is due, confirmed as correct
    rescheduling.py        moved to another day before it takes effect
    commenting.py          comments, suggestions of other words, and replies
    quoting.py             the words that comments are about
    returned_files.py      Word files that came back, with their comments
    proposal_decisions.py  their proposals, accepted or declined
    justifying.py          findings justified, overruled, and not overruled any more
    preview_links.py       links for counsel and others without an account: made, revoked
    lifecycle.py           a policy as a whole: created, renamed, retired, reinstated
    translating.py         of which policy and version, and which language prevails
    open_findings.py       what still blocks publication
    numbering.py           references that a draft's changes have made wrong
    heavy_work.py          what takes long, before the transaction
    preconditions.py       what must hold before any of them does anything
    refusals.py            the exceptions by which an action refuses, worded for the person who acts
    texts.py               how a draft's text is stored
    unsaved_texts.py       what people have typed into a draft and not saved
    transitions.py         the only writer of a revision's status
"""

from policies.workflow.commenting import (
    accept_suggestion,
    assign_comment,
    comment,
    comment_by_link,
    decline_suggestion,
    reply_to_comment,
    resolve_comment,
)
from policies.workflow.drafting import import_draft, save_draft, start_draft
from policies.workflow.justifying import justify, overrule, withdraw_overruling
from policies.workflow.lifecycle import (
    correct_name,
    create_policy,
    reinstate,
    rename_policy,
    retire,
    set_checklists,
    set_owner,
)
from policies.workflow.notice_periods import set_notice_period
from policies.workflow.periodic_checks import confirm_check, set_check_interval
from policies.workflow.preview_links import revoke_link, share
from policies.workflow.proposal_decisions import accept_proposals, decline_proposals
from policies.workflow.publishing import (
    approve_afterwards,
    publish,
    publish_import,
    publish_without_approval,
    withdraw,
)
from policies.workflow.refusals import (
    Incomplete,
    NotAllowed,
    NotNow,
    NotThere,
    Refused,
    SavedMeanwhile,
    TextChanged,
    TooMany,
    Unfinished,
    WrongState,
)
from policies.workflow.rescheduling import reschedule
from policies.workflow.returned_files import bring_back_file
from policies.workflow.reviewing import (
    approve,
    discard,
    nudge,
    reassign_review,
    reopen,
    request_changes,
    submit,
    withdraw_submission,
)
from policies.workflow.translating import (
    set_prevailing_language,
    set_source_version,
    set_translation_of,
)
