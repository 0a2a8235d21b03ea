"""A Document as its readers see it: sentences and links, numbers and references. Pure.

sentences.py            a part of a text as sentences and links, each with its place
parts.py                a Document as parts, each read and searched once
referring.py            the references of a part, and what it can be referred to by
reference_targets.py    where references lead
"""
