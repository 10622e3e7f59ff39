"""Runs one command and prints its wall seconds, CPU seconds, peak memory and exit code: `stopwatch.py OUT COMMAND…`.

OUT is the number of an open file that becomes the command's stdout. A process of its own, and a small one, because
the peak that the system reports for a command is never below that of the process that started it.
"""

import os
import sys
import time

out, words = int(sys.argv[1]), sys.argv[2:]
began = time.perf_counter()
child = os.posix_spawn(words[0], words, os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, out, 1)])
_pid, status, usage = os.wait4(child, 0)
wall = time.perf_counter() - began
unit = 1 if sys.platform == "darwin" else 1024  # macOS counts the peak in bytes, Linux in kibibytes
sys.stdout.write(
    f"{wall} {usage.ru_utime + usage.ru_stime} {usage.ru_maxrss * unit / 1e6} {os.waitstatus_to_exitcode(status)}\n"
)
