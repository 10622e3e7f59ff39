"""What forms may say: placeholders, if, for and a few filters; whatever else, hostile or not, is a refusal in words."""

from datetime import date
from typing import Any

import pytest

from schoolcrm.core.errors import BadValue
from schoolcrm.reports.printing import environment
from schoolcrm.reports.printing.environment import FormEnvironment
from schoolcrm.reports.printing.placeholders import PLACEHOLDERS, keys_of, tree_of
from schoolcrm.reports.printing.texts import InWords, Sum

TREE: dict[str, Any] = {
    "today": date(2026, 9, 1),
    "client": {"name": "Анна <b>&</b>", "email": None, "number": 12, "items": "7"},
    "contract": {"amount": Sum(-125_050), "words": InWords(560_000, "RUB")},
    "students": [{"name": "Петя"}, {"name": "Оля"}],
    "freezes": [],
}


def fill(text: str, language: str = "ru", tree: Any = TREE, values: Any = None) -> str:
    known = {**tree, "freezes": [{"first_day": date(2026, 9, 1)}]}
    return FormEnvironment("Договор", known, language).fill(text, tree if values is None else values)


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("{{ today }}", "01.09.2026"),
        ("{{ client.number }}{{ client.email }}", "12"),
        ("{{ client.email|default('—', true) }}", "—"),
        ("{{ contract.amount }} {{ contract.words }}", "-1\u00a0250,50 пять тысяч шестьсот рублей 00 копеек"),
        ("{{ contract.words|capitalize }}", "Пять тысяч шестьсот рублей 00 копеек"),
        ("{% if client.email %}a{% elif client.number == '12' %}b{% else %}c{% endif %}", "b"),
        ("{% for s in students %}{{ loop.index }}. {{ s.name|upper }} {% endfor %}", "1. ПЕТЯ 2. ОЛЯ "),
        ("{% for s in students if s.name != 'Петя' %}{{ s.name }}{{ loop.last }}{% endfor %}", "ОляTrue"),
        ("{% for f in freezes %}{{ f.first_day }}{% else %}нет{% endfor %}", "нет"),
        ("{{ students|length }} {{ 'да' if client.email else 'нет' }}", "2 нет"),
        ("{# заметка #}{% raw %}{{ x }}{% endraw %}", "{{ x }}"),
        ("{{ client.items }}", "7"),
        ("{{ client.name }}", "Анна &lt;b&gt;&amp;&lt;/b&gt;"),
        ("{{ 'Г-жа ' ~ client.name }}", "Г-жа Анна &lt;b&gt;&amp;&lt;/b&gt;"),
    ],
)
def test_a_form_prints_values_as_people_read_them(text: str, printed: str) -> None:
    assert fill(text) == printed


def test_days_and_sums_are_written_in_the_language_of_the_school() -> None:
    assert fill("{{ today }} {{ contract.amount }}", "en") == "2026-09-01 -1,250.50"
    assert fill("{{ contract.words }}", "en") == "five thousand, six hundred roubles 00 kopeks"


@pytest.mark.parametrize(
    ("kopecks", "currency", "words"),
    [
        (0, "RUB", "ноль рублей 00 копеек"),
        (100, "RUB", "один рубль 00 копеек"),
        (2_201_01, "RUB", "две тысячи двести один рубль 01 копейка"),
        (1_000_000_50, "RUB", "один миллион рублей 50 копеек"),
        (560_099, "KZT", "пять тысяч шестьсот тенге 99 тиынов"),
        (560_000, "GEL", "пять тысяч шестьсот 00/100 GEL"),
    ],
)
def test_a_sum_in_words(kopecks: int, currency: str, words: str) -> None:
    printed = fill("{{ sum }}", tree={"sum": InWords(kopecks, currency)})
    assert printed.replace(" and ", " ") == words


@pytest.mark.parametrize(
    "hostile",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ client.__class__ }}",
        "{{ client.name.__init__.__globals__ }}",
        "{{ client.name.upper() }}",
        "{{ client['name'] }}",
        "{{ client|attr('__class__') }}",
        "{{ self.__init__ }}",
        "{{ cycler.__init__ }}{{ lipsum() }}",
        "{{ 'a' * 10**9 }}",
        "{{ 9**9**9 }}",
        "{{ client.name|center(10**9) }}",
        "{{ client.name|safe }}",
        "{{ client.name|default(today) }}",
        "{% autoescape false %}{{ client.name }}{% endautoescape %}",
        "{% for i in range(10**9) %}x{% endfor %}",
        "{% for s in students recursive %}{{ s.name }}{% endfor %}",
        "{% for s in students recursive %}{{ loop(students) }}{% endfor %}",
        "{% for a in students %}{% for b in students %}{% for c in students %}x{% endfor %}{% endfor %}{% endfor %}",
        "{% for k, v in client %}{{ k }}{% endfor %}",
        "{% for s in client.name %}{{ s }}{% endfor %}",
        "{% for s in students %}{{ s }}{% endfor %}",
        "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
        "{% set x = client %}",
        "{% include '/etc/passwd' %}",
        "{% extends 'x' %}",
        "{% import 'os' as os %}",
        "{% block a %}{% endblock %}",
        "{% if client.nmae %}{% endif %}",
        "{% if false %}{{ nothing }}{% endif %}",
        "{{ students }}",
        "{{ client }}",
        "{{ loop.index }}",
        "{{ client.name is defined }}",
        "{{ client.name",
        "{% if today %}",
        "{% nonsense %}",
        "{{ }}",
        "{{ " + "(" * 5000 + "today" + ")" * 5000 + " }}",
        "{{ " + "not " * 400 + "today }}",
        "{% if today %}" * 150 + "{% endif %}" * 150,
    ],
    ids=lambda text: text[:40],
)
def test_anything_else_is_refused_in_a_sentence_that_names_the_form(hostile: str) -> None:
    with pytest.raises(BadValue, match="Договор") as refused:
        fill(hostile)
    assert "\n" not in refused.value.sentence


@pytest.mark.parametrize(
    ("text", "named", "near"),
    [
        ("{{ clent.name }}", "{{ clent.name }}", "client.name"),
        ("{{ client.emial }}", "{{ client.emial }}", "client.email"),
        ("{% for s in students %}{{ s.nme }}{% endfor %}", "{{ s.nme }}", "s.name"),
        ("{{ student.name }}", "{{ student.name }}", "students[].name"),
    ],
)
def test_an_unknown_placeholder_is_named_with_the_nearest_known_ones(text: str, named: str, near: str) -> None:
    with pytest.raises(BadValue) as refused:
        fill(text)
    assert named in refused.value.sentence
    assert near in refused.value.hint
    assert "forms fields" in refused.value.hint


def test_what_stands_in_data_is_never_taken_for_a_template() -> None:
    assert fill("{{ client.name }}", values={**TREE, "client": {"name": "{{ today }}{% x %}"}}) == "{{ today }}{% x %}"


def test_control_and_direction_characters_do_not_get_on_paper() -> None:
    values = {**TREE, "client": {"name": "Ан\u202eна\x00\x1b[31m\ufffe\uffff Ив\tа\nнова"}}
    assert fill("{{ client.name }}", values=values) == "Анна[31m Ив\tа\nнова"


def test_a_form_that_writes_without_end_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "LARGEST_TEXT", 1000)
    values = {**TREE, "students": [{"name": "Петя"}] * 500}
    with pytest.raises(BadValue, match="endless"):
        fill("{% for a in students %}{% for b in students %}{{ b.name }}{% endfor %}{% endfor %}", values=values)


@pytest.mark.parametrize("used_for", PLACEHOLDERS)
def test_every_placeholder_can_be_printed(used_for: str) -> None:
    tree = tree_of(PLACEHOLDERS[used_for])
    keys = [one.key for one in PLACEHOLDERS[used_for]]
    assert sorted(keys_of(tree)) == sorted(keys)
    for key in keys:
        group, _mark, name = key.partition("[].")
        loop = f"{{% for one in {group} %}}{{{{ one.{name} }}}}{{% endfor %}}" if name else f"{{{{ {key} }}}}"
        printed = FormEnvironment("Форма", tree, "ru").fill(loop, tree)
        assert printed or key in ("contract.terminated", "visits[].reason"), key
