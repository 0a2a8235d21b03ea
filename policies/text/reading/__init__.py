"""A Document as its readers see it: sentences and links, numbers and references. Pure.

sentences.py            a part of a text as sentences and links, each with its place
parts.py                a Document as parts, each read and searched once
reference_targets.py    references, where they lead, and what a part can be referred to by
"""
