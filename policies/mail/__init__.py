"""E-mails about policies.

    notices.py   who gets which e-mail
    messages.py  what it contains
    outbox.py    how it is sent: each by itself, or together once a day

E-mails to readers who have subscribed:

    subscriptions.py      who does, and how that begins and ends
    addresses.py          their addresses, encrypted
    subscriber_outbox.py  how e-mails to them are sent

docs/adr/0014-mail.md and docs/adr/0040-subscriptions.md say why.
"""
