"""Staff accounts: who can log in, how often somebody may try, and what its owner is notified of.

    staff_admin.py     accounts are made, given roles, deactivated
    logging_in.py      the password, then a code
    confirming.py      asks for the password again before what can't be undone
    views.py           one's own second factor and e-mails; what keeps others out, and lifting it
    second_factor.py   an authenticator's codes (RFC 6238), and codes for when it is lost
    throttling.py      how often somebody may try, who is locked out for how long, known browsers
    random_text.py     first passwords and recovery codes
    records.py         what an account's history records
    notifications.py   e-mails to its owner

docs/adr/0019-the-log-in.md says why; roles are in roles.py.
"""
