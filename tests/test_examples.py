"""The console pages of examples/ are run, and must print exactly what they show.

A page's first line says how: `<!-- lang: ru, today: 2026-09-01 -->`. In a ```console block, `$ schoolcrm …` is a
command and the lines up to the next one its output; `$ today 2026-09-05` sets the day, `(exit 3)` ends the output of a
command that doesn't end with 0. UPDATE_EXAMPLES=1 writes what is printed into the pages, to be read and
committed.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parent.parent / "examples"
PAGES = sorted(EXAMPLES.glob("*.md"))
BLOCK = re.compile(r"(?<=^```console\n).*?(?=^```$)", re.MULTILINE | re.DOTALL)
SECONDS = re.compile(r"(?<= )\d+[.,]\d+(?= (?:s|с)\b)|(?<=\"seconds\": )\d+\.\d+")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_page_prints_what_it_shows(page: Path, tmp_path: Path) -> None:
    text = page.read_text("utf-8")
    printed = Screen(text, tmp_path).run(text)
    if os.environ.get("UPDATE_EXAMPLES"):
        page.write_text(printed, "utf-8")
    assert printed == text


def test_there_are_pages() -> None:
    assert {"first-day"} <= {page.stem for page in PAGES}


class Screen:
    """One page's session: its folder with the example files, its language and its day."""

    def __init__(self, text: str, folder: Path) -> None:
        self.folder = folder
        settings = dict(re.findall(r"(\w+): ([\w-]+)", text.partition("\n")[0]))
        self.environment = {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(folder),
            "SCHOOLCRM_DB": "school.db",
            "SCHOOLCRM_LANG": settings["lang"],
            "SCHOOLCRM_TODAY": settings["today"],
            "SCHOOLCRM_USER": "olga",
            "TZ": "Europe/Moscow",
        }
        for file in EXAMPLES.glob("*.[cx]*"):
            shutil.copy(file, folder)

    def run(self, text: str) -> str:
        return BLOCK.sub(lambda found: self.block(found[0]), text)

    def block(self, shown: str) -> str:
        return "".join(self.command(line) for line in shown.splitlines() if line.startswith("$ "))

    def command(self, line: str) -> str:
        words = shlex.split(line[2:])
        if words[0] == "today":
            self.environment["SCHOOLCRM_TODAY"] = words[1]
            return f"{line}\n"
        done = subprocess.run(
            words,
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
        )
        output = SECONDS.sub("…", done.stdout)
        ending = f"(exit {done.returncode})\n" if done.returncode else ""
        return f"{line}\n{output}{ending}"
