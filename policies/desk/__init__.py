"""The desk, on which staff write, review and publish: its pages, beside those of Django admin.

    urls.py               the addresses of its pages
    dashboard.py          its first page: what waits for whom, how each policy stands
    draft_views.py        a draft is begun, written, previewed, answered for, handed in
    upload_views.py       a file becomes a draft
    review_views.py       what was handed in is read, approved or sent back
    comment_views.py      what is said about it, and answered
    link_views.py         links for outside counsel
    publish_views.py      publishing, withdrawing
    policy_views.py       a policy as a whole
    translation_views.py  whose translation it is, what it renders, which one prevails
    history_views.py      revisions, any two of them compared, the audit trail
    mail_views.py         which e-mails somebody gets
    editing.py            a whole document as a form has it
    dry_run.py            what the public would see if a verb were done

A view reads the form, calls the verbs of workflow/ and turns a refusal into words. What they all
do alike stands in desk_common.py.
"""
