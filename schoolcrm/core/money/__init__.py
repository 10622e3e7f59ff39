"""Plans, subscriptions, charges, payments, discounts, contracts; the ledger is the one definition of a balance."""
