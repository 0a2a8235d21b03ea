"""E-mails about policies.

    notices.py  who is told of what
    messages.py  what an e-mail says
    outbox.py   how it is sent

docs/adr/0014-mail.md says why.
"""
