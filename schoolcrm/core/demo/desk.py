"""What the desk of the sample school does beside lessons and enquiries: calls, tasks, contracts, discounts, goods."""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial

from schoolcrm.core.demo.families import Family, exemplary
from schoolcrm.core.demo.furnishing import CLASSES, PRICES
from schoolcrm.core.demo.world import DANCE, World
from schoolcrm.core.learning.freezes import Freeze
from schoolcrm.core.learning.freezing import freeze_student
from schoolcrm.core.learning.groups import leave
from schoolcrm.core.learning.test_results import Result, add_result
from schoolcrm.core.listing.saved_filters import SavedFilter, save_filter
from schoolcrm.core.money.contracts import AUTO, Terms, add_contract, terminate_contract
from schoolcrm.core.money.discounts import NewDiscount, add_discount
from schoolcrm.core.money.ledger import balance
from schoolcrm.core.money.payments import Payment, pay, void_payment
from schoolcrm.core.office.automation import Action, add_automation
from schoolcrm.core.office.client_files import add_file
from schoolcrm.core.office.messages import log_message
from schoolcrm.core.office.tasks import add_task, finish_tasks
from schoolcrm.core.rules.dates import add_months
from schoolcrm.core.statuses.catalogue import automatic_status
from schoolcrm.core.statuses.change import set_status

_TESTS = (52, 17, 3)
"""So many days ago, the nearest lessons before, groups were tested."""
_TESTED = (1, 4, 5)


def plan_desk(world: World, families: Sequence[Family]) -> None:
    """Plan the days of the desk."""
    by_habit = {habit: [one for one in families if one.habit == habit] for habit in ("owes", "drifting", "frozen")}
    first = exemplary(families)
    prompt = [first, *(one for one in families if one.habit == "prompt" and not one.is_new and one is not first)]
    _plan_contracts(world, prompt, [one for one in families if one.habit == "leaving"])
    _plan_discounts(world, families)
    _plan_freezes(world, by_habit["frozen"], prompt[-1])
    _plan_talks(world, by_habit["owes"], by_habit["drifting"], prompt)
    _plan_goods(world, prompt)
    for days in _TESTS:
        for number in _TESTED:
            world.at(_last_lesson_day(world, number, days), partial(_test, world, number))
    world.at(world.ago(20), partial(_add_automations, world))


def _plan_contracts(world: World, prompt: Sequence[Family], leaving: Sequence[Family]) -> None:
    first = world.first_day
    agreed: tuple[tuple[Family, int | None, int], ...] = ((prompt[0], 72, 5), (prompt[2], 60, 10), (prompt[4], None, 5))
    for number, (family, visits, day) in zip((1, 2, 4), agreed, strict=True):
        called = _numbered(world, number)
        if visits is None:
            last = world.today + timedelta(days=24)
            terms = Terms(first, last, called, None, AUTO, AUTO, day, _terms(world))
            world.at(world.ago(1), partial(_agree, world, family, terms))
        else:
            amount = visits * world.money(PRICES["package"]) // 8
            terms = Terms(first, add_months(first, 9), called, None, visits, amount, day, _terms(world))
            world.at(first, partial(_agree, world, family, terms))
    world.at(first, partial(_hand_in, world, prompt[0]))
    for family in leaving:
        terms = Terms(
            first, add_months(first, 9), _numbered(world, 3), None, 72, 72 * world.money(800), 5, _terms(world)
        )
        world.at(first, partial(_agree, world, family, terms))
        world.at(world.ago(18), partial(_part, world, family))


def _numbered(world: World, number: int) -> str:
    return f"{world.first_day.year % 100}-{number:03d}"


def _terms(world: World) -> str:
    return world.words.desk.contract_terms


def _agree(world: World, family: Family, terms: Terms) -> None:
    add_contract(world.school, family.id, terms)


def _hand_in(world: World, family: Family) -> None:
    desk = world.words.desk
    add_file(world.school, family.id, desk.contract_file, desk.contract_text.encode())


def _part(world: World, family: Family) -> None:
    """Let the family leave: the group, the contract, the money that is left."""
    school, today = world.school, world.school.today
    leave(school, world.furniture.groups[family.children[0].group], family.student_ids[0], today)
    (contract,) = school.db.execute("SELECT id FROM contract WHERE client_id = ?", (family.id,)).fetchone()
    terminate_contract(school, contract, today)
    left = balance(school.db, family.id)
    if left > 0:
        cash, note = world.furniture.accounts[0], world.words.desk.refund_note
        pay(school, Payment(family.id, left, today, "refund", cash, note=note))
    refused = automatic_status(school.db, "funnel", "refused")
    set_status(school, [family.id], refused, reason_note=world.words.desk.moved_away)


def _plan_discounts(world: World, families: Sequence[Family]) -> None:
    desk = world.words.desk
    siblings = [one for one in families if len(one.children) > 1 and not one.is_new]
    only = next(one for one in families if one.habit == "prompt" and not one.is_new and one not in siblings)

    def give() -> None:
        for family in siblings:
            new = NewDiscount(percent=1000, first_on=world.first_day, note=desk.sibling_discount)
            add_discount(world.school, family.student_ids[1], new)
            world.pupils[family.student_ids[1]].percent_off = 10
        loyal = NewDiscount(amount=world.money(100), first_on=world.first_day, note=desk.loyal_discount)
        add_discount(world.school, only.student_ids[0], loyal)
        world.pupils[only.student_ids[0]].amount_off = world.money(100)

    world.at(world.first_day, give)


def _plan_freezes(world: World, frozen: Sequence[Family], earlier: Family) -> None:
    """Plan who is away now, and who was before: the lessons of those days are not theirs."""
    desk, today = world.words.desk, world.today
    first = world.ago(42)
    spans = [(earlier, first, first + timedelta(days=9), True, desk.family_trip)]
    spans += [(one, world.ago(5), today + timedelta(days=9), True, desk.illness) for one in frozen[:1]]
    spans += [(one, world.ago(2), today + timedelta(days=12), False, desk.family_trip) for one in frozen[1:]]
    for family, first_on, last_on, excused, reason in spans:
        freeze = partial(_freeze, world, family, first_on, last_on, excused=excused, reason=reason)
        world.at(first_on, freeze)


def _freeze(world: World, family: Family, first_on: date, last_on: date, *, excused: bool, reason: str) -> None:
    for student_id in family.student_ids:
        freeze_student(world.school, Freeze(student_id, first_on, last_on, excused, reason))
        pupil = world.pupils[student_id]
        if excused and pupil.until is not None and pupil.until >= first_on:
            pupil.until += timedelta(days=(last_on - first_on).days + 1)


def _plan_talks(world: World, owing: Sequence[Family], drifting: Sequence[Family], prompt: Sequence[Family]) -> None:
    """Plan what is said and written, and what is to be done about it: due, overdue, done, for another day."""
    desk = world.words.desk
    talks = [(one, 6, desk.wrote_about_pay, "sms", False) for one in owing[:2]]
    talks += [(one, 3, desk.called_about_misses, "call", False) for one in drifting[:1]]
    talks += [(prompt[0], 9, desk.praised, "comment", True), (prompt[3], 12, desk.asked_for_bill, "email", True)]
    for family, days, text, channel, incoming in talks:
        world.at(world.ago(days), partial(_say, world, family, text, channel, incoming=incoming))
    tasks = [(one, 4, 0, desk.remind_debt) for one in owing[:2]] + [(one, 5, 2, desk.remind_debt) for one in owing[2:3]]
    tasks += [(one, 2, 0, desk.parent_meeting) for one in drifting[:1]]
    tasks += [(prompt[0], 1, -1, desk.certificate), (prompt[1], 3, -4, desk.order_kits)]
    for family, days, due, text in tasks:
        world.at(world.ago(days), partial(_note_task, world, family, text, world.ago(due)))
    world.at(world.ago(25), partial(_do_task, world, prompt[5], desk.offer_group))


def _say(world: World, family: Family, text: str, channel: str, *, incoming: bool) -> None:
    log_message(world.school, family.id, text, channel=channel, incoming=incoming)


def _note_task(world: World, family: Family, text: str, due: date) -> None:
    add_task(world.school, family.id, text, due)


def _do_task(world: World, family: Family, text: str) -> None:
    number = add_task(world.school, family.id, text, world.school.today)
    world.at(world.school.today + timedelta(days=1), lambda: (finish_tasks(world.school, [number]), None)[1])


def _plan_goods(world: World, prompt: Sequence[Family]) -> None:
    """Plan what is sold at the till and from the balance, a present, and a payment recorded twice."""
    desk, cash = world.words.desk, world.furniture.accounts[0]
    dancers = [one for one in prompt if CLASSES[one.children[0].group].course == DANCE]
    builders = [one for one in prompt if one not in dancers]
    sales = [(one, 2400, 30 + 2 * place, desk.costume, False) for place, one in enumerate(dancers[:4])]
    sales += [(builders[0], 1500, 13, desk.kit, False), (builders[1], 1500, 11, desk.kit, True)]
    for family, roubles, days, note, from_balance in sales:
        goods = partial(_sell_goods, world, family, roubles, note, from_balance=from_balance)
        world.at(world.ago(days), goods)
    present = partial(_adjust, world, builders[2])
    world.at(world.ago(16), present)
    world.at(world.ago(4), partial(_type_twice, world, builders[3], cash))


def _sell_goods(world: World, family: Family, roubles: int, note: str, *, from_balance: bool) -> None:
    account = None if from_balance else world.furniture.accounts[0]
    amount, today = world.money(roubles), world.school.today
    pay(world.school, Payment(family.id, amount, today, "goods", account, note=note, from_balance=from_balance))


def _adjust(world: World, family: Family) -> None:
    note = world.words.desk.adjustment_note
    pay(world.school, Payment(family.id, world.money(500), world.school.today, "adjustment", note=note))


def _type_twice(world: World, family: Family, account_id: int) -> None:
    payment = Payment(family.id, world.money(PRICES["package"]), world.school.today, account_id=account_id)
    pay(world.school, payment)
    void_payment(world.school, pay(world.school, payment), world.words.desk.typed_twice)


def _last_lesson_day(world: World, number: int, days: int) -> date:
    day = world.ago(days)
    while day.isoweekday() not in CLASSES[number].weekdays:
        day -= timedelta(days=1)
    return day


def _test(world: World, number: int) -> None:
    """Note the results of a test of the group."""
    school, group_id = world.school, world.furniture.groups[number]
    least, most = world.words.scores
    members = "SELECT student_id FROM membership WHERE group_id = ? AND first_on <= ? AND ifnull(last_on, '9') >= ?"
    today = school.today.isoformat()
    for (student_id,) in school.db.execute(members, (group_id, today, today)).fetchall():
        score = world.chance.randrange(least, most + 1, 10)
        add_result(school, Result(student_id, score, school.today, group_id=group_id))


def _add_automations(world: World) -> None:
    """Let a trial lesson attended remind of the offer; keep a list to work through under a name."""
    done = automatic_status(world.school.db, "funnel", "trial-done")
    add_automation(world.school, "status", str(done), Action("task", text=world.words.desk.offer_plan, due="+1d"))
    terms = ["is:unsubscribed", "is:grouped"]
    saved = SavedFilter(world.words.filter_name, terms, ["name", "phone", "groups", "balance", "last_visit"], ["name"])
    save_filter(world.school, "client", saved)
