"""The one-machine default: PostgreSQL and Valkey from two wheels, and the supervisor that runs Vicita on them.

Knows nothing of the application but its commands; imports no Django.
"""
