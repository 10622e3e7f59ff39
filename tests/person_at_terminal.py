"""A person at a pseudo-terminal who runs the installed command: keys in, the screen out. For Unix."""

import os
import pty
import re
import subprocess
import sys
import termios
import time
from contextlib import suppress
from pathlib import Path
from select import select

from builders import TODAY, USER

COMMAND = str(Path(sys.executable).with_name("schoolcrm"))
# Makes the pseudo-terminal the command's own, so that Ctrl-C reaches it.
AT_TERMINAL = (
    "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execv(sys.argv[1], sys.argv[1:])"
)
LONGEST_SILENCE = 60
HAND = 0.03  # seconds from eye to key


class Person:
    """Somebody who runs the installed command at a terminal of their own; `screen` is all that was shown."""

    def __init__(self, db: Path, *words: str) -> None:
        self._hand, self._terminal = pty.openpty()
        termios.tcsetwinsize(self._terminal, (50, 200))
        self._before = termios.tcgetattr(self._terminal)
        self.screen = ""
        given = {"LANG": "en", "TODAY": TODAY.isoformat(), "USER": USER, "DB": str(db)}
        self._command = subprocess.Popen(
            [sys.executable, "-c", AT_TERMINAL, COMMAND, *words],
            stdin=self._terminal,
            stdout=self._terminal,
            stderr=self._terminal,
            start_new_session=True,
            env={**os.environ, "PYTHONUTF8": "1", **{f"SCHOOLCRM_{name}": value for name, value in given.items()}},
        )

    def sees(self, pattern: str) -> None:
        """Wait until the end of the screen is this."""
        while not re.search(pattern + r"\s*$", self.screen):
            assert self._reads(), f'"{pattern}" does not come; there is:\n{self.screen}'

    def types(self, keys: str) -> None:
        # No person answers within microseconds. A Ctrl-C that comes between Python's last look at its signals and
        # the read of the line is obeyed at the next key only, here once in 150 times.
        time.sleep(HAND)
        os.write(self._hand, keys.encode())

    def sends(self, number: int) -> None:
        self._command.send_signal(number)

    def ends(self) -> int:
        """Wait for the command's end and return its exit code; the terminal must be as it was."""
        silent_since = time.monotonic()
        while self._command.poll() is None:
            if self._reads(0.05):
                silent_since = time.monotonic()
            assert time.monotonic() - silent_since < LONGEST_SILENCE, f"it does not end; there is:\n{self.screen}"
        while self._reads(0):
            pass
        assert termios.tcgetattr(self._terminal) == self._before
        return int(self._command.returncode)

    def leaves(self) -> None:
        if self._command.poll() is None:
            self._command.kill()
        self._command.wait()
        os.close(self._hand)
        os.close(self._terminal)

    def _reads(self, patience: float = LONGEST_SILENCE) -> bool:
        if not select([self._hand], [], [], patience)[0]:
            return False
        self._seen = getattr(self, "_seen", b"") + os.read(self._hand, 4096)
        with suppress(UnicodeDecodeError):
            self.screen = self._seen.decode().replace("\r\n", "\n")
        return True

    def answers(self) -> list[str]:
        """Return what stands beside the names, in order, without those asked again."""
        return re.findall(r"^ +\d+/\d+ .* lessons left +-?\d+: (.*)$", self.screen, re.MULTILINE)
