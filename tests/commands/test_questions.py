"""What a person at the terminal is asked."""

import io
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import typer
from builders import add_client, make_school, reading_school, writing_school

from schoolcrm.commands.new_entries import entry_named
from schoolcrm.commands.questions import Unanswered, ask_yes, forget_answers
from schoolcrm.commands.session import Session, choose, confirm
from schoolcrm.core.errors import Declined, NotFound, Refused
from schoolcrm.core.language import use_language
from schoolcrm.core.people.references import find_client


class Terminal(io.StringIO):
    """A stream with a person at it."""

    def isatty(self) -> bool:
        return True


Types = Callable[..., None]


@pytest.fixture
def types(monkeypatch: pytest.MonkeyPatch) -> Types:
    """Put a person at the terminal, who types these lines; to be called in the test, where the streams are its own."""
    forget_answers()

    def sit_down(*lines: str) -> None:
        monkeypatch.setattr(sys, "stdin", Terminal("".join(f"{line}\n" for line in lines)))
        monkeypatch.setattr(sys, "stderr", Terminal())

    return sit_down


def said() -> str:
    assert isinstance(sys.stderr, Terminal)
    return sys.stderr.getvalue()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = make_school(tmp_path)
    with writing_school(path) as school:
        for name in ("Ольга", "Анна Петрова", "Анна Иванова"):
            add_client(school, name)
    return path


def pick(path: Path) -> int:
    """Choose «Анна», putting the question between two readings as the boundary does."""
    with reading_school(path) as school:
        try:
            return choose(find_client, school.db, "Анна")
        except Unanswered as caught:
            question = caught
    question.put()
    return pick(path)


def test_a_choice_shows_ids_and_a_wrong_number_asks_again(path: Path, types: Types) -> None:
    types("7", "x", "2")
    assert pick(path) == 2
    lines = said().splitlines()
    assert lines[:3] == [
        'Several clients answer to "Анна".',
        "  1. Анна Иванова · Анна Иванова (id 3)",
        "  2. Анна Петрова · Анна Петрова (id 2)",
    ]
    assert "7 is not in the list: 1 to 2." in said()
    assert "x is not in the list: 1 to 2." in said()


def test_enter_chooses_none(path: Path, types: Types) -> None:
    types("")
    with pytest.raises(Declined, match="Nothing was chosen"):
        pick(path)


def ask(statement: str) -> None:
    context = typer.Context(typer.main.get_command(_app()))
    context.obj = Session(Path("x"), today_text="", given_user="", usual_format="", quiet=False, debug=False)
    try:
        confirm(context, statement)
    except Unanswered as question:
        question.put()
        confirm(context, statement)


def _app() -> typer.Typer:
    app = typer.Typer()
    app.command()(lambda: None)
    return app


def test_a_statement_is_confirmed_with_do_it(types: Types) -> None:
    types("y", "n")
    ask("2 clients would be moved.")
    assert said() == "2 clients would be moved.\nDo it? [y/N] "
    with pytest.raises(Refused, match="Nothing was changed"):
        ask("3 clients would be moved.")


@pytest.mark.parametrize(("typed", "agreed"), [("д", 1), ("Да", 1), ("y", 1), ("н", 0), ("n", 0), ("", 0)])
def test_in_russian_either_alphabet_answers(types: Types, typed: str, agreed: int) -> None:
    use_language("ru")
    try:
        types(typed)
        assert ask_yes("Так?") is bool(agreed)
    finally:
        use_language("en")
    assert said() == "Так? [д/Н] "


def test_off_a_terminal_the_statement_is_the_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    with pytest.raises(Refused) as caught:
        ask("2 clients would be moved.")
    assert (caught.value.sentence, caught.value.hint) == (
        "2 clients would be moved.",
        "Repeat the command with --yes to do it.",
    )


def test_a_new_name_is_asked_for_without_the_advice_to_repeat(path: Path, types: Types) -> None:
    types("n", "y")
    with writing_school(path) as school:
        entry_named(school, "sources", "Сайт школы", new=True)
        with pytest.raises(Unanswered) as caught:
            entry_named(school, "sources", "Сайт школa", new=False)
        caught.value.put()
        with pytest.raises(NotFound):
            entry_named(school, "sources", "Сайт школa", new=False)
        with pytest.raises(Unanswered) as caught:
            entry_named(school, "sources", "Друзья", new=False)
        caught.value.put()
        assert entry_named(school, "sources", "Друзья", new=False) == 2
    assert said() == (
        'No source is called "Сайт школa".\nDid you mean: Сайт школы?\nAdd it? [y/N] '
        'No source is called "Друзья".\nAdd it? [y/N] '
    )
