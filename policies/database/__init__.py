"""What the database itself refuses and promises, whoever writes to it.

rules/              rules that depend on a row's past or on other rows, as data
triggers.py         makes the triggers that enforce them, in SQLite and in PostgreSQL
foreign_objects.py  objects of others by which somebody could get around the rules
catalogue.py        reads PostgreSQL's catalogue, whatever is in the schema
transactions.py     repeatable reads, writing without waiting for a lock, setting up alone
migration_state.py  whether the database has every migration that this code needs
"""
