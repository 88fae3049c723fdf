"""Many processes at once at few professionals, patients and times; then the database is asked whether all is well.

`python3 dev.py chaos scheduling`; a small one is a test.
"""
