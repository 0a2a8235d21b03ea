"""The desk, where staff write, review and publish: its pages, beside those of Django admin.

    site.py               Django admin with its own Content Security Policy, and these pages in it
    admin_views.py        what Django admin's own pages show
    hardening.py          closes what Django admin's own pages leave open
    accounts/             who gets in, how often somebody may try
    pages.py              what the pages share: who may enter, how an outcome is shown
    urls.py               the URLs of its pages
    dashboard.py          its first page: what waits for whom, how each policy stands
    draft_views.py        begin, write, preview and hand in a draft; give reasons for findings
    upload_views.py       make a draft from a file
    review_views.py       read what was handed in, approve it or send it back
    revision_state.py     how a revision stands, what this person may do to it now
    comment_views.py      comment on it, answer and resolve comments
    link_views.py         preview links for outside counsel
    publish_views.py      publish and withdraw
    policy_views.py       a policy as a whole
    translation_views.py  what a policy translates and renders, which language prevails
    history_views.py      the list of revisions, any two of them compared, the audit trail
    mail_views.py         which e-mails somebody gets
    editing.py            a whole document as it stands in a form
    dry_run.py            what the public would see if an action were done

A view reads the form, calls an action of workflow/ by its name, and shows its refusal so that
nothing that was typed is lost:

    a button, a choice                   with outcome_as_message(request, "Done."): the action
    a text, among other forms of a page  except workflow.Refused: return give_text_back(…)
    a form that has a page of its own    except workflow.Refused: that page again, refused=True

"""
