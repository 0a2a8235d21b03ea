"""Django's SQLite backend, but it notices when the file was replaced or removed (base.py)."""
