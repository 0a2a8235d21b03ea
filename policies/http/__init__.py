"""What comes between a request and a view.

upload_limits.py  refuses uploads that are too large, by the size that the request states
staff_only.py     addresses that a site without staff (STAFF=off) doesn't have
unavailable.py    503 when the database or a long text takes too long; keeps what was typed
resubmission.py   a refused form, kept on a page to be sent again
error_pages.py    the error pages, in the language of the address
"""
