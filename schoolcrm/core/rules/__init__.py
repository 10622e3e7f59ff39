"""The rules of the school as pure functions: no database, clock, terminal or file."""
