"""Django's database backend for PostgreSQL, with a faster way to read instants."""
