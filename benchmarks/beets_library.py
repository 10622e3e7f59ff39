"""Fills a library of beets with as many items as asked for; run by the Python that beets is installed in."""

import os
import sys
from pathlib import Path

from beets.library import Item, Library  # type: ignore[import-not-found]

folder = Path(os.environ["BEETSDIR"])
library = Library(str(folder / "library.db"), str(folder))
with library.transaction():
    for number in range(int(sys.argv[1])):
        title, artist = f"Title {number}", f"Artist {number % 50}"
        library.add(
            Item(title=title, artist=artist, album=f"Album {number % 90}", path=f"/music/{number}.mp3".encode())
        )
