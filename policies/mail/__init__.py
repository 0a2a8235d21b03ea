"""E-mails about policies.

    sending.py        how any e-mail is sent: in the background, each once

To staff:

    notices.py        who gets which e-mail
    messages.py       what it contains
    staff_mails.py    when it is sent: at once, or together with others once a day

To readers who have subscribed:

    subscriptions.py  who does, and how that begins and ends
    addresses.py      their addresses, encrypted

docs/adr/0014-mail.md and docs/adr/0040-subscriptions.md say why.
"""
