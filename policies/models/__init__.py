"""The models of policies and their texts, with the constraints that the database enforces itself.

    policy.py        policies and their addresses
    revision.py      revisions with their sections, and who was asked to review them
    version_status.py  what a version is to its readers at a time, and the versions around it
    translation_sources.py  what versions of translations were made from
    review.py        who wrote in a revision, unsaved text, comments, answers to findings, Word
                     files that were sent out and came back; who may not approve it
    derived.py       what is made of a text: HTML, removed anchors, kept redlines and PDFs
    chains.py        the ledger and the audit
    mail.py          e-mails to be sent, and who wants none
    subscription.py  readers who get e-mails about a policy
    webhooks.py      who is informed by HTTP, and what was or is to be sent
    witnesses.py     what the witnesses of the log have signed
    sign_on.py       who logs in at an OpenID provider
    people.py        which accounts belong to one person
    grants.py        roles for one policy or one language; who may do what, where
    jobs.py          when each regular job last ran
    fields.py        kinds of column that the models share

What one row may say is a CHECK of its model; what depends on the row's past or on other rows is
in database/rules/.
"""

from policies.models.chains import AuditEvent, LedgerEntry
from policies.models.derived import KeptFile, KeptRedline, RemovedAnchor, Rendering
from policies.models.grants import RoleGrant
from policies.models.jobs import JobRun
from policies.models.mail import Announcement, Mail, MailOptOut, MailThread
from policies.models.people import People, SamePerson
from policies.models.policy import Address, Policy
from policies.models.review import (
    CommentReply,
    Contribution,
    EditorVisit,
    Justification,
    LateApproval,
    Overruling,
    PreviewLink,
    ProposalDecision,
    ReturnedFile,
    ReviewComment,
    ReviewedText,
    SentText,
    UnsavedText,
    involved,
    participants,
)
from policies.models.revision import ReviewRequest, Revision, Section
from policies.models.sign_on import SignOn, SignOnRenewal
from policies.models.subscription import Occasion, SubscriberMail, Subscription, SubscriptionRequest
from policies.models.webhooks import WebhookDelivery, WebhookEndpoint, WebhookFormat
from policies.models.witnesses import Cosignature
