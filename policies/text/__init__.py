"""What a policy says: values in, values out. No Django model, no database.

docs/layers.md lists its modules, by layers.
"""
