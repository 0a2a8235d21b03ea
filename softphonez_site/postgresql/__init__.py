"""Django's PostgreSQL backend, with a limit to how long the server may be silent (base.py)."""
