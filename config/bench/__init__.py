"""Measurements of Vicita against plain versions of the same work: `python3 dev.py bench slots`. Not a test."""
