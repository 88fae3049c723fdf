"""The rules of times and bookings: pure, without a database and without a clock of their own."""
