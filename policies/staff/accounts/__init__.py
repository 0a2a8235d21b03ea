"""Staff accounts: who can log in, how often somebody may try, and what its owner is notified of.

    staff_admin.py     accounts are made, given roles, deactivated
    logging_in.py      a passkey; or the password, then a code
    confirming.py      `confirmed`: who is this, and did they confirm it within five minutes?
    sign_on.py         single sign-on: the provider, whom it lets in, for how long
    sign_on_views.py   to the provider and back
    views.py           one's own second factor and e-mails; what keeps others out, and lifting it
    second_factor.py   an authenticator's codes (RFC 6238), passkeys, and recovery codes
    passkeys.py        what the browser is asked, and what counts as an answer (WebAuthn)
    throttling.py      how often somebody may try, who is locked out for how long, known browsers
    people.py          who may do what where: roles are given and taken away
    records.py         what its history records, e-mails to its owner; random passwords and codes

docs/adr/0019-the-log-in.md says why; roles are in roles.py.
"""
