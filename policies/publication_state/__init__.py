"""What is published now, as one value: pages in memory are right while it is the newest.

state.py        the value
reading.py      reads it from the database
listeners.py    who is notified when this process has committed a change
"""
