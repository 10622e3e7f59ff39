"""Statuses of clients: the catalogue, changes by hand and by events, the nightly recompute."""
