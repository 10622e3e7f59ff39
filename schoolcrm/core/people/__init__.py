"""Clients and students: recorded, changed, merged, archived, purged."""
