"""Prints the balance of every account of a beancount file; run by the Python that beancount is installed in."""

import sys

from beancount import loader  # type: ignore[import-not-found]
from beancount.core import realization  # type: ignore[import-not-found]

entries, errors, _options = loader.load_file(sys.argv[1])
if errors:
    sys.exit(f"{len(errors)} errors, the first: {errors[0].message}")
for account in realization.iter_children(realization.realize(entries), leaf_only=True):
    if account.account.startswith("Assets:"):
        sys.stdout.write(f"{account.balance.get_currency_units('RUB').number}  {account.account}\n")
