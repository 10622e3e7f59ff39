"""The school itself, without a command line: operations over rules and a store."""
