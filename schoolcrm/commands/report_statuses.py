"""`schoolcrm report` about statuses: the funnel, and renewals to come."""
