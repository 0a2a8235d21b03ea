"""The desk, where staff write, review and publish: its pages, beside those of Django admin.

    site.py               Django admin with its own Content Security Policy, and these pages in it
    hardened_admin.py     closes what Django admin's own pages leave open
    accounts/             who can log in, how often somebody may try
    guards.py             who may enter a page, and what they may do there
    pages.py              what the pages share: their frame, their addresses, a revision's state
    buttons.py            the views of buttons and small forms: one action each, and its outcome
    previews.py           a public page as it would be after an action
    forms.py              what is typed, as the arguments of actions
    urls.py               the URLs of its pages
    dashboard.py          its first page: the tasks of a person, the state of each policy
    matrix.py             the same as a table of policies and languages: search, filters, order
    draft_views.py        start, write and preview a draft; a text as blocks for the editor
    asking_views.py       who is asked to review a submission, reminders included
    presence.py           who else has a draft open, and in which section
    unsaved_text.py       what somebody has typed in the editor, kept until they save it
    change_views.py       single changes in place, and what a draft changes, undone one by one
    choice_views.py       two texts to choose from: after a conflict, or of an uploaded file
    findings.py           the findings in a text: justify them, overrule them
    review_views.py       read what was submitted, approve it; preview links
    comment_views.py      comments, on words too, and replies
    publish_views.py      publish, withdraw, move to another day; the notice period
    policy_views.py       a policy as a whole, what it is a translation of
    translation_views.py  a translation beside its source, in pairs of sections
    history_views.py      the list of revisions, what each is called, any two compared
    audit_views.py        the audit trail, of a policy or of all
    webhook_admin.py      webhooks: set up, tried, what was sent
    word_views.py         texts and their changes as Word files
    returned_views.py     Word files that came back, and their proposals to a draft
    editing.py            the text of the editor's form, perhaps not a valid Document yet
    two_texts.py          two texts of the form, compared part by part

A view gives a form's values to an action of workflow/. If that refuses, what was typed is not lost:

    a button, a choice, a text        action_button(workflow.share, "Link created.", …) is its view
    a form that has its own page      except workflow.Refused as refusal: form.refuse(refusal), and
                                      that page again

"""
