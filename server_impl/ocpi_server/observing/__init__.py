"""What is seen of a platform from outside: each HTTP exchange goes through here."""
