"""Webhooks: other systems are informed of what readers can see, by HTTP.

They follow the Standard Webhooks specification, version 1.0.0 (https://www.standardwebhooks.com).

    events.py      which events there are, and what each says
    signing.py     secrets, and the headers that prove the sender
    requesting.py  one POST, to no address that it must not reach
    delivering.py  what is due, tried again, given up
    witnesses.py   checkpoints of the log, to those who sign them
    endpoints.py   set up by staff or by the environment; secrets changed

docs/webhooks.md is for whoever receives them, docs/adr/0041-webhooks.md says why they are so.
"""
