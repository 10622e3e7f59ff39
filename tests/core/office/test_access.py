"""Access to the personal page (R40)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from builders import (
    TODAY,
    add_client,
    add_plan,
    add_student,
    make_school,
    reading_school,
    run_cli,
    sell_plan,
    student_of,
    writing_school,
)

from schoolcrm.core.errors import Refused
from schoolcrm.core.office.access import grant_access, has_access, resend_invitation, revoke_access
from schoolcrm.core.people.contacts import add_contacts, read_contact
from schoolcrm.core.people.merge import merge_clients


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return make_school(tmp_path, "en")


@pytest.fixture
def school(path: Path) -> Iterator[Any]:
    with writing_school(path) as opened:
        add_contacts(opened, add_client(opened, "Анна"), [read_contact("email:anna@example.org")])
        add_client(opened, "Борис")
        yield opened


def invitations(school: Any) -> list[tuple[int, str, str]]:
    rows = school.db.execute("SELECT client_id, state, address FROM message WHERE with_page = 1 ORDER BY id")
    return list(rows.fetchall())


def test_r40_a_sale_grants_access_and_a_trial_does_not(school: Any) -> None:
    plan = add_plan(school, "lesson", 70_000)
    sell_plan(school, student_of(school, 1), plan, TODAY, trial=True)
    assert not has_access(school.db, 1)
    sell_plan(school, student_of(school, 1), plan, TODAY)
    sell_plan(school, student_of(school, 2), plan, TODAY)
    assert has_access(school.db, 1)
    assert has_access(school.db, 2)
    assert invitations(school) == [(1, "queued", "anna@example.org")]
    sell_plan(school, add_student(school, 1, "Петя"), plan, TODAY)
    assert len(invitations(school)) == 1


def test_r40_revoked_and_invited_again(school: Any) -> None:
    assert grant_access(school, 1).message_id == 1
    assert grant_access(school, 1) == (False, None)
    revoke_access(school, 1)
    assert not has_access(school.db, 1)
    assert invitations(school) == [(1, "cancelled", "anna@example.org")]
    for change in (revoke_access, resend_invitation):
        with pytest.raises(Refused, match="Анна has no access"):
            change(school, 1)
    grant_access(school, 1)
    resend_invitation(school, 1)
    assert [state for _client, state, _address in invitations(school)] == ["cancelled", "queued", "queued"]
    grant_access(school, 2)
    with pytest.raises(Refused, match="Борис has no email"):
        resend_invitation(school, 2)


@pytest.mark.parametrize(("way", "granted"), [("site", 1), ("app", 1), ("call", 0), ("", 0)])
def test_r40_applications_from_the_site_and_the_app_get_access(path: Path, way: str, granted: int) -> None:
    application = ["--application", way] if way else []
    assert run_cli("clients", "add", "Анна", "--email", "anna@example.org", *application, db=path)[0] == 0
    with reading_school(path) as school:
        assert has_access(school.db, 1) == bool(granted)
        assert len(invitations(school)) == granted


def test_r40_what_a_sale_gave_goes_with_its_undo(path: Path) -> None:
    with writing_school(path) as school:
        add_contacts(school, add_client(school, "Анна"), [read_contact("email:anna@example.org")])
        add_plan(school, "lesson", 70_000, name="Разовое")
    assert run_cli("subscription", "sell", "Анна", "Разовое", db=path)[0] == 0
    assert run_cli("undo", "--yes", db=path)[0] == 0
    with reading_school(path) as school:
        assert (has_access(school.db, 1), invitations(school)) == (False, [])


def test_r53_of_two_clients_merged_the_one_with_access_gives_it(school: Any) -> None:
    grant_access(school, 1)
    merge_clients(school, 2, 1)
    assert has_access(school.db, 2)
    assert invitations(school) == [(2, "queued", "anna@example.org")]
