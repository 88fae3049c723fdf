"""What staff ask the API for, across practices. For everybody else all of it is 403."""
