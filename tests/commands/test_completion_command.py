"""What Tab offers: commands, options, choices and names from the database, in the shells themselves."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from builders import TODAY, add_client, add_entry, add_group, add_plan, make_school, run_cli, writing_school

from schoolcrm.commands.completion import SCRIPTS
from schoolcrm.commands.typed_line import take_apart


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A school with clients, a student, groups, a plan and a room."""
    path = make_school(tmp_path_factory.mktemp("completion"))
    with writing_school(path, TODAY) as opened:
        add_client(opened, "Иванова Анна", student="Иванов Пётр")
        add_client(opened, "Ёлкина Ира")
        add_client(opened, "Петрова Яна: мама")
        archived = add_client(opened, "Иванова Ольга")
        opened.db.execute("UPDATE client SET archived_on = '2026-01-01' WHERE id = ?", (archived,))
        add_group(opened, "Англ 1")
        add_plan(opened, "package", 400_000, lessons=8, name="Восемь")
        add_entry(opened, "rooms", "Синий зал")
    return path


def offered(line: str, db: Path, shell: str = "zsh", **more: str) -> list[str]:
    """Return the words offered for the line up to the cursor."""
    code, out, err = run_cli("--complete", shell, line, db=db, **more)
    assert (code, err) == (0, "")
    return [offer.partition("\t")[0] for offer in out.splitlines()]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("schoolcrm cl", ["clients"]),
        ("schoolcrm clients filt", ["filters"]),
        ("schoolcrm clients filters r", ["remove"]),
        ("schoolcrm --user x --quiet pay", ["payments"]),
        ("schoolcrm clients list --for", ["--format"]),
        ("schoolcrm clients list --deb", ["--debug"]),
        ("schoolcrm clients list --format x", ["xlsx"]),
        ("schoolcrm clients list --format=x", ["--format=xlsx"]),
        ("schoolcrm lessons mark a b ", ["present", "absent"]),
        ("schoolcrm payments add x 10 --kind ", ["income", "refund", "adjustment", "goods"]),
        ("schoolcrm payments add x 10 --on y", ["yesterday"]),
        ("schoolcrm report debtors --as-of to", ["today", "tomorrow"]),
        ("schoolcrm --lang ", ["ru", "en"]),
        ("schoolcrm --db ", ["<files>"]),
        ("schoolcrm import-csv ", ["<files>"]),
        ("schoolcrm clients list -o a", ["<files>"]),
        ("schoolcrm clients show ив", ["Иванова Анна"]),
        ("schoolcrm clients show елк", ["Ёлкина Ира"]),
        ("schoolcrm clients show анна", ["Иванова Анна"]),
        ("schoolcrm students show 'иванов п", ["Иванов Пётр"]),
        ("schoolcrm groups show А", ["Англ 1"]),
        ("schoolcrm lessons hold Англ", ["Англ 1"]),
        ("schoolcrm lessons hold Англ --present анна,'иванов п", ["анна,Иванов Пётр"]),
        ("schoolcrm groups join 'Англ 1' 'иванов п", ["Иванов Пётр"]),
        ("schoolcrm subscription sell x В", ["Восемь"]),
        ("schoolcrm schedule add x --room ", ["Синий зал"]),
        ("schoolcrm catalog rooms rename ", ["Синий зал"]),
        ('A=1 schoolcrm clients show "Иванова А', ["Иванова Анна"]),
        (r"schoolcrm clients show Иванова\ А", ["Иванова Анна"]),
        ("schoolcrm nonsense ", []),
        ("schoolcrm clients show zzz", []),
        ("schoolcrm clients list --nonsense ", []),
    ],
)
def test_what_is_offered(line: str, words: list[str], school: Path) -> None:
    assert offered(line, school) == words


def test_bash_gets_what_comes_after_its_own_word_breaks(school: Path) -> None:
    assert offered("schoolcrm clients show 'Петрова Яна: м", school, "bash") == [" мама"]
    assert offered("schoolcrm clients list --format=x", school, "bash") == ["xlsx"]


def test_what_a_command_is_for_is_told_in_the_language_in_use(school: Path) -> None:
    _code, out, _err = run_cli("--complete", "fish", "schoolcrm cl", db=school, lang="en")
    assert out == "clients\tClients: the adults who sign and pay.\n"


@pytest.mark.parametrize("content", [None, b"", b"not a database at all" * 100])
def test_without_a_school_nothing_is_offered_nor_written(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "school.db"
    if content is not None:
        path.write_bytes(content)
    assert offered("schoolcrm clients show И", path) == []
    assert [file.name for file in tmp_path.iterdir()] == ([] if content is None else ["school.db"])
    assert content is None or path.read_bytes() == content


@pytest.mark.parametrize("arguments", [[], ["bash"], ["bash", "schoolcrm clients show И", "more"], ["csh", "x"]])
def test_whatever_is_asked_it_does_not_complain(arguments: list[str], school: Path) -> None:
    code, _out, err = run_cli("--complete", *arguments, db=school)
    assert (code, err) == (0, "")


@pytest.mark.parametrize(
    ("line", "words", "begun"),
    [
        ("schoolcrm a b", ["a"], "b"),
        ("schoolcrm a ", ["a"], ""),
        ("schoolcrm 'a b' \"c", ["a b"], "c"),
        ('schoolcrm "a\\" b', [], 'a" b'),
        ("schoolcrm '' x", [""], "x"),
        ("schoolcrm a\\ b", [], "a b"),
        ("schoolcrm a\\", [], "a"),
        ("", [], ""),
    ],
)
def test_a_line_is_taken_apart_as_a_shell_would(line: str, words: list[str], begun: str) -> None:
    assert take_apart(line) == (words, begun)


@pytest.mark.parametrize("shell", SCRIPTS)
def test_the_script_is_printed(shell: str) -> None:
    code, out, _err = run_cli("completion", shell)
    assert code == 0
    assert out == SCRIPTS[shell]


def test_an_unknown_shell_is_refused() -> None:
    code, out, err = run_cli("completion", "tcsh")
    assert (code, out) == (1, "")
    assert '"tcsh"' in err
    assert "bash, zsh, fish" in err


def in_shell(shell: str, script: str, school: Path, command: Path) -> list[str]:
    found = shutil.which(shell)
    if found is None:
        pytest.skip(f"{shell} is not installed")
    environment = {
        **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
        "SCHOOLCRM_DB": str(school),
        "SCHOOLCRM_LANG": "en",
        "LC_ALL": "C.UTF-8",
    }
    environment["PATH"] = f"{command.parent}:{environment['PATH']}"
    done = subprocess.run([found, "-c", script], capture_output=True, encoding="utf-8", env=environment, check=False)
    assert done.stderr == ""
    return done.stdout.splitlines()


@pytest.fixture(scope="module")
def command() -> Path:
    """The installed command."""
    found = Path(sys.executable).parent / "schoolcrm"
    if not found.exists():
        pytest.skip("the command is not installed beside this Python")
    return found


def test_bash_offers_them(school: Path, command: Path) -> None:
    script = """
        source <(schoolcrm completion bash)
        for COMP_LINE in "schoolcrm cli" "schoolcrm clients show ив" "schoolcrm clients show zzz"; do
            COMP_POINT=${#COMP_LINE}
            _schoolcrm_complete 2>/dev/null
            printf '%s.' "${COMPREPLY[@]}"; echo
        done
    """
    assert in_shell("bash", script, school, command) == ["clients.", "Иванова Анна.", "."]


def test_fish_offers_them(school: Path, command: Path) -> None:
    script = 'schoolcrm completion fish | source; complete -C "schoolcrm cli"; complete -C "schoolcrm clients show ив"'
    assert in_shell("fish", script, school, command) == [
        "clients\tClients: the adults who sign and pay.",
        "Иванова Анна",
    ]


def test_zsh_reads_its_script(school: Path, command: Path) -> None:
    script = "autoload -Uz compinit; compinit -D; source <(schoolcrm completion zsh); echo $_comps[schoolcrm]"
    assert in_shell("zsh", script, school, command) == ["_schoolcrm"]
