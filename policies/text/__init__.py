"""What a policy says: values in, values out. No Django model, no database.

docs/architecture.md lists its modules, by layers.
"""
