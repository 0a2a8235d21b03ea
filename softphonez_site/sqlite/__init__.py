"""Django's SQLite, whose connections are to the file that is there now (base.py)."""
