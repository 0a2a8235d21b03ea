"""Staff accounts: who gets in, how often somebody may try, and what an account's owner is told.

    staff_admin.py     accounts are made, given roles, deactivated
    logging_in.py      the password, then a code
    confirming.py      asked once more, before what can't be undone
    views.py           one's own second factor; what administrators do about the log-in of others
    second_factor.py   an authenticator's codes (RFC 6238), and codes for when it is lost
    throttling.py      how often somebody may try, and who is locked out for how long
    lockout.py         what whoever is locked out reads
    known_browsers.py  browsers from which strangers can't lock somebody out
    random_text.py     first passwords and recovery codes
    records.py         what stands in an account's history
    messages.py        what its owner is told by e-mail

docs/adr/0019-the-log-in.md says why; roles stand in roles.py.
"""
