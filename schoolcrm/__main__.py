"""``python -m schoolcrm`` and the installed command ``schoolcrm``."""

import gc
import sys


def run() -> None:
    """Run the command line and exit with its code."""
    # Most objects of a short run are modules and rows that live to its end: looking for cycles among them
    # every 700 objects, as Python usually does, and once more on the way out takes a tenth of the start-up.
    gc.set_threshold(50_000)
    try:
        from schoolcrm.cli import main

        code = main(sys.argv[1:])
    except KeyboardInterrupt:  # before the command line was there to obey it, or once more while it did
        code = 130
    gc.freeze()
    sys.exit(code)


if __name__ == "__main__":
    run()
