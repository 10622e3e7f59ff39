"""Modules that every command imports on its way and few commands use.

Typer imports `subprocess` and `platform`, to open web pages, and `shellingham`, to install completion; `shutil` the
compressors, for archives; `pathlib` the network addresses, through `urllib`; `traceback` what wraps and reads source
text; `zoneinfo` how Python was built. Each is left to load itself when it is first asked for anything. It is what the
standard library's `importlib.util.LazyLoader` is for, whose modules load as soon as a second module imports them.
No packages whose modules are imported by themselves: one may be imported before the package.
"""

import os
import sys
from importlib.util import find_spec, module_from_spec
from types import ModuleType
from typing import Any

SELDOM_USED = (
    *("bz2", "ipaddress", "lzma", "platform", "shellingham", "subprocess", "sysconfig", "textwrap", "tokenize"),
)


class LaterModule(ModuleType):
    """A module that knows where its code is, and runs it when an attribute is asked for that it does not have yet."""

    def __getattr__(self, name: str) -> Any:
        """Load the module and return its attribute; AttributeError as usual."""
        spec = self.__spec__
        self.__class__ = ModuleType  # type: ignore[assignment]  # from here on a module as any other
        if spec is not None and spec.loader is not None:
            spec.loader.exec_module(self)
        return getattr(self, name)


def _system() -> str:
    return os.uname().sysname


def load_later() -> None:
    """Let the seldom used modules that nobody has imported yet load when they are first used."""
    for name in SELDOM_USED:
        spec = None if name in sys.modules else find_spec(name)
        if spec is not None:
            module = module_from_spec(spec)
            module.__class__ = LaterModule
            sys.modules[name] = module
            if name == "platform" and hasattr(os, "uname"):
                module.__dict__["system"] = _system  # the same answer, and all that `uuid` asks, which Typer imports
