"""Any steps in any order, too early, too late and twice: after every one the book is sound, and nothing is lost."""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from scheduling import services
from scheduling.models import Appointment, ClinicSession, Slot
from tests.scheduling import factories as make
from tests.scheduling.invariants import violations

pytestmark = pytest.mark.django_db
State = Appointment.State
which = st.integers(min_value=0, max_value=30)


STEPS = (
    "hold", "press", "move", "book", "book", "let_go", "cancel", "keep", "unkeep", "renew", "goes_well", "moves_well",
    "time_passes", "half_a_day_passes", "clinic_opens_or_closes",
)  # fmt: skip


class Book(RuleBasedStateMachine):
    """Three people and three slots of four seats in all. A rule picks any row, whatever its state."""

    def __init__(self) -> None:
        super().__init__()
        self.rolled_back = transaction.atomic()
        self.rolled_back.__enter__()
        self.at = make.AT

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.rolled_back.__exit__(None, None, None)

    @initialize(seniors_only=st.booleans())
    def opens(self, seniors_only: bool) -> None:
        agency = make.agency()
        service = make.service(agency)
        if seniors_only:
            make.rule(service, min_age=65)
        site = make.site(agency)
        self.slots = [*make.clinic(site, service, slots=2), *make.clinic(site, service, starts=_LATE, slots=1, seats=2)]
        young = make.date(1990, 1, 1)
        self.people = [make.person(agency), make.person(agency), make.person(agency, born_on=young)]

    @rule(what=st.sampled_from(STEPS), n=which, m=which)
    def happens(self, what: str, n: int, m: int) -> None:
        """One rule for all, since with a rule each an example knows only some of them, and the rare meet never."""
        getattr(self, what)(n, m)

    # ---- steps

    def hold(self, n: int, m: int, *, key: str = "", move: bool = False) -> None:
        person, slot = self.people[n % 3], self.slots[m % 3]
        old = Appointment.objects.filter(person=person, state=State.BOOKED).first() if move else None
        key = f"{key}{person.pk}" if key else None
        known = Appointment.objects.filter(key=key).first() if key else None
        before = _seats_left()
        new, why = _tried(lambda: make.held(person, slot, self.at, key=key, moving=old))
        if why:
            assert why in ("taken", "over", "closed", "not_eligible", "already_booked")
            assert why != "taken" or make.again(slot).booked == slot.capacity
        elif known is not None:
            assert (new, _seats_left()) == (known, before)
        else:
            assert (new.state, new.slot) == (State.HELD, slot)

    def press(self, n: int, m: int) -> None:
        self.hold(n, m, key="once")

    def move(self, n: int, m: int) -> None:
        self.hold(n, m, move=True)

    def book(self, n: int, m: int = 0) -> None:
        if not (row := _pick(n)):
            return
        moved = Appointment.objects.filter(moved_to=row, state=State.BOOKED).first()
        before = _seats_left()
        done, why = _tried(lambda: services.book(row, user=None, at=self.at))
        if why:
            assert why != "taken", "a hold already has its seat"
            assert moved is None or make.again(moved).state == State.BOOKED
            assert _seats_left() == before
        else:
            assert done.state == State.BOOKED
            assert _seats_left() == before + (moved is not None)
            assert moved is None or make.again(moved).state == State.MOVED

    def let_go(self, n: int, m: int) -> None:
        self._given_back_once(n, State.HELD, lambda row: services.let_go(row, at=self.at))

    def cancel(self, n: int, m: int) -> None:
        self._given_back_once(n, State.BOOKED, lambda row: services.cancel(row, user=None, at=self.at))

    def _given_back_once(self, n: int, state: str, step) -> None:
        if row := _pick(n):
            before = _seats_left()
            assert (done := step(row)) is (row.state == state)
            assert not step(row)
            assert _seats_left() == before + done

    def keep(self, n: int, m: int) -> None:
        if row := _pick(n):
            assert services.keep(row, user=None, at=self.at) is (row.state == State.BOOKED)

    def unkeep(self, n: int, m: int) -> None:
        if row := _pick(n):
            assert row.state == State.KEPT or not services.unkeep(row, at=self.at)

    def renew(self, n: int, m: int) -> None:
        if row := _pick(n):
            assert services.renew(row, at=self.at) is (row.state == State.HELD)

    def goes_well(self, n: int, m: int) -> None:
        """Else most examples would end before anything is booked."""
        self.hold(n, m)
        self.book(0)

    def moves_well(self, n: int, m: int) -> None:
        self.move(n, m)
        self.book(0)

    def time_passes(self, n: int, m: int) -> None:
        self.at += timedelta(seconds=(1, 300, 601)[n % 3])
        due = Appointment.objects.filter(state=State.HELD, held_until__lte=self.at).count()
        before = _seats_left()
        assert services.expire(self.at) == due
        assert _seats_left() == before + due

    def half_a_day_passes(self, n: int, m: int) -> None:
        """And the worker is away."""
        self.at += timedelta(hours=12)

    def clinic_opens_or_closes(self, n: int, m: int) -> None:
        ClinicSession.objects.filter(pk=self.slots[0].session_id).update(active=n % 3 > 0)

    @invariant()
    def is_sound(self) -> None:
        assert violations() == []


_LATE = make.AT + timedelta(days=30)  # so that something is left when days pass


def _seats_left() -> int:
    return sum(slot.capacity - slot.booked for slot in Slot.objects.all())


def _tried(work):
    """What came of it, and the reason if it was refused."""
    try:
        return work(), ""
    except services.Refused as refused:
        return None, refused.reason


def _pick(n: int) -> Appointment | None:
    """One of the newest few, those that take a seat first."""
    order = [*Appointment.objects.filter(state__in=Appointment.TAKES_A_SEAT).order_by("-pk")[:4]]
    few = (order + list(Appointment.objects.order_by("-pk")[:2]))[:5]
    return few[n % len(few)] if few else None


def test_the_book_is_sound_after_any_steps_in_any_order():
    effort = settings(
        max_examples=30,
        stateful_step_count=30,
        deadline=None,
        derandomize=True,
        phases=(Phase.explicit, Phase.generate),  # finding the shortest story takes minutes; do that by hand
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Book, settings=effort)
