"""Virtual environments of the benchmark's own: the program as its users install it, and each peer.

The project's `.venv` holds the program for editing, which starts slower than an installed one, and stays clean.
"""

import hashlib
import shutil
import subprocess
import sys
import tomllib
import venv
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

PROJECT = Path(__file__).parent.parent
FOLDER = Path(__file__).parent / "data"
_SHIPPED = ("pyproject.toml", "README.md", "LICENSE", "schoolcrm")


def program_environment() -> Path:
    """Return the folder of commands of an environment with the program as it is now, installed, not linked."""
    environment = FOLDER / "venv-program"
    sources = _sources()
    digest = hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()
    if _installed(environment) != digest:
        with TemporaryDirectory() as folder:  # a build in place would leave its own files, and pick up old ones
            for name in _SHIPPED:
                _copy(PROJECT / name, Path(folder) / name)
            _install(environment, "--upgrade", folder)
            _install(environment, "--force-reinstall", "--no-deps", folder)
        _remember(environment, digest)
    return environment / "bin"


def peer_environment(name: str) -> Path:
    """Return the folder of commands of an environment with one program to compare with (of the extra `bench`).

    Each has its own: sqlite-utils, for one, starts slower where it finds the numpy that beets brings.
    """
    environment = FOLDER / f"venv-{name}"
    extras = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    wanted = next(requirement for requirement in extras["bench"] if requirement.startswith(name))
    if _installed(environment) != wanted:
        _install(environment, wanted)
        _remember(environment, wanted)
    return environment / "bin"


def versions_in(commands: Path, names: Sequence[str]) -> list[str]:
    """Return "name version" of packages installed in an environment, given by its folder of commands."""
    code = "import importlib.metadata as m, sys; print(*[f'{n} {m.version(n)}' for n in sys.argv[1:]], sep='\\n')"
    words = [str(commands / "python"), "-I", "-c", code, *names]  # not what lies in the folder we are started from
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout.splitlines()


def _sources() -> list[Path]:
    found = sorted(path for path in (PROJECT / "schoolcrm").rglob("*") if path.is_file() and path.suffix != ".pyc")
    return [PROJECT / "pyproject.toml", *found]


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy(source, target)


def _install(environment: Path, *wanted: str) -> None:
    if not environment.exists():
        sys.stderr.write(f"making {environment.name} …\n")
        venv.create(environment, with_pip=True)
        _pip(environment, "--upgrade", "pip")
    constraints = PROJECT / "constraints.txt"
    limits = ["--constraint", str(constraints)] if constraints.exists() else []
    _pip(environment, *limits, *wanted)


def _pip(environment: Path, *words: str) -> None:
    pip = [str(environment / "bin" / "python"), "-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "install", "--compile", *words], check=True)


def _installed(environment: Path) -> str:
    mark = environment / ".installed"
    return mark.read_text("utf-8") if mark.exists() else ""


def _remember(environment: Path, digest: str) -> None:
    (environment / ".installed").write_text(digest, "utf-8")
