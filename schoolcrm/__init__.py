"""schoolcrm: a command-line CRM for one private school, in one SQLite file."""

__version__ = "0.5.1"
