"""E-mails about policies.

    notices.py  who is told of what
    letters.py  what stands in an e-mail
    outbox.py   how it is sent

docs/adr/0014-mail.md says why.
"""
