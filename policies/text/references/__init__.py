"""References from one place of a text to another: "section 5", "clause 2.2(b)", "Anlage 1". Pure.

    recognition.py  which words are a reference, and to which number
    targets.py      which heading or clause has that number, seen from where the reference is

What is found is shown by rendering/references.py as links, judged by findings/, and followed
through changes by renumbering/.
"""
