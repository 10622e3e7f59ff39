"""Help pages say NAME, DATE, N for a value, in the usage line and beside every option."""

from collections.abc import Iterator
from typing import Any

import pytest
from builders import every_command

from schoolcrm.plain_parameters import use_plain_parameters


def _commands(command: Any, context: Any) -> Iterator[tuple[str, Any, Any]]:
    if not hasattr(command, "list_commands"):
        yield context.command_path, command, context
        return
    for name in command.list_commands(context):
        inner = command.get_command(context, name)
        yield from _commands(inner, type(context)(inner, info_name=name, parent=context))


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    use_plain_parameters()
    root = every_command()
    context = root.context_class(root, info_name="schoolcrm")
    return {path: command.get_help(context) for path, command, context in _commands(root, context)}


def test_no_page_names_a_kind_of_the_language_the_program_is_written_in(pages: dict[str, str]) -> None:
    assert len(pages) > 100
    assert [path for path, page in pages.items() if "<" in page or "{" in page.partition("\n")[0]] == []


@pytest.mark.parametrize(
    ("path", "usage"),
    [
        ("payments add", "CLIENT [AMOUNT]"),
        ("payments void", "PAYMENT"),
        ("clients contact add", "CLIENT KIND:VALUE[:NOTE]..."),
        ("clients list", "[QUERY]..."),
        ("clients archive", "CLIENT..."),
        ("lessons hold", "GROUP|LESSON [DATE]"),
    ],
)
def test_the_usage_line_brackets_what_may_be_left_out(pages: dict[str, str], path: str, usage: str) -> None:
    assert pages[f"schoolcrm {path}"].startswith(f"Usage: schoolcrm {path} [OPTIONS] {usage}\n")


def test_options_name_what_they_take(pages: dict[str, str]) -> None:
    page = pages["schoolcrm subscription sell"]
    for option in ("--from DATE", "--subject NAME", "--pay AMOUNT", "--billing by-lesson|upfront", "--separate "):
        assert f"  {option}" in page
    assert "  --absent NAME[:REASON],…" in pages["schoolcrm lessons hold"]
    assert "  --limit N" in pages["schoolcrm groups add"]
    assert "  AMOUNT  " in pages["schoolcrm payments add"]


def test_the_list_of_arguments_leaves_out_whole_brackets_only(pages: dict[str, str]) -> None:
    assert "  KIND:VALUE[:NOTE]  " in pages["schoolcrm clients contact add"]
    assert "  QUERY  " in pages["schoolcrm clients list"]
