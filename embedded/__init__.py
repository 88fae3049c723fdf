"""The one-machine default: PostgreSQL and Valkey from wheels, and the supervisor that runs Vicita on them.

Knows nothing of the application but its commands; imports no Django.
"""
