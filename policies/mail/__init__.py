"""E-mails about policies.

    notices.py   who gets which e-mail
    messages.py  what it contains
    digests.py   which ones are sent together, once a day
    outbox.py    how it is sent

docs/adr/0014-mail.md says why.
"""
