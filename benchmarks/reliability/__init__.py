"""Runs that try to lose something of a school, and count what was lost; see `__main__`."""

import sys
from pathlib import Path

# The tests' builders of schools, and their world and oracle of money.
sys.path.append(str(Path(__file__).parent.parent.parent / "tests"))
