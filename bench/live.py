"""How soon an offer is on its operator's screen, with few and with many screens open; and what open screens cost.

On SQLite no process can know what another has changed, so every open card is read after every commit: that is for one
desk or a few. `BENCH_DATABASE_URL=postgres://... make bench NAME=live` measures PostgreSQL.
"""

import asyncio
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from statistics import quantiles

from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection, connections

from bench.harness import Row
from bench.screens import Screen, Web, opened, permit, session_of
from contactcenter.drill.asked import Options
from contactcenter.drill.program import set_up
from core import clock
from core.models import Membership
from crm.services import open_call
from floor import dispatch
from floor.models import Operator

SIZES = (1, 80, 250)  # operators with an open desk; the first is the baseline
SAMPLES, AT_MOST_S = 200, 30.0  # of each size
BURST_S = 8.0
SLOW, FAST, SCREENS = 10, 100, 20  # changes a second; boards


def rows() -> Iterator[Row]:
    """Delays first, then the boards."""
    with tempfile.TemporaryDirectory() as room, ThreadPoolExecutor(1) as line, ExitStack() as over:
        over.callback(lambda: line.submit(connections.close_all).result())
        program = set_up(["book"], Options(operators=max(SIZES)), at=clock.now())
        crew = list(Operator.objects.select_related("user").order_by("pk"))
        for operator in crew:
            dispatch.away(operator)
            permit(operator.user, "use_desk")
        watcher = permit(User.objects.create(username="watcher"), "view_board")
        Membership.objects.create(user=watcher, agency=program.agency)
        web = Web(Path(room))
        over.callback(web.close)
        yield from asyncio.run(_delays(web, crew, line))
        yield from asyncio.run(_boards(web, watcher, crew, line))
    call_command("flush", interactive=False, verbosity=0)


# ---- from "ready" to the offer on the screen --------------------------------------------------------------------


async def _delays(web: Web, crew: list[Operator], line: ThreadPoolExecutor) -> list[Row]:
    desks: list[Screen] = []
    found = []
    for size in SIZES:
        for operator in crew[len(desks) : size]:
            session = await _does(line, lambda user=operator.user: session_of(user))
            desks.append(await opened(web, session, "desk"))
        found.append(await _sampled(crew, desks, line))
        print(f"  {size} desks: p50, p95, p99 in ms: {found[-1]}", flush=True)
    for desk in desks:
        desk.close()
    base = found[0][0]
    with_one = f"the same with one desk open (p50), {connection.vendor}"
    return [
        Row(f"ready to offer on the socket, {size} desks, {name}", value, "ms", with_one, base, round(value / base, 2))
        for size, values in zip(SIZES[1:], found[1:], strict=True)
        for name, value in zip(("p50", "p95", "p99"), values, strict=True)
    ]


async def _sampled(crew: list[Operator], desks: list[Screen], line: ThreadPoolExecutor) -> tuple[float, float, float]:
    """p50, p95, p99 in ms. One operator after the other becomes ready while a caller waits."""
    took: list[float] = []
    until = time.perf_counter() + AT_MOST_S
    while len(took) < SAMPLES and time.perf_counter() < until:
        which = len(took) % len(desks)
        operator, desk = crew[which], desks[which]
        call = await _does(line, lambda operator=operator: _rings_in(operator.agency_id))
        began = time.perf_counter()
        await _does(line, lambda operator=operator: dispatch.ready(operator))
        took.append((await desk.shows(lambda stage: stage.startswith("ringing")) - began) * 1000)
        await _does(line, lambda call=call, operator=operator: _gone(call, operator))
        await desk.shows(lambda stage: stage == "away")
        await asyncio.sleep(max(0.0, 0.3 - 0.02 * len(desks)))  # beyond the quarter of a second a card rests
    cuts = quantiles(took, n=100, method="inclusive")
    return round(cuts[49], 1), round(cuts[94], 1), round(cuts[98], 1)


def _rings_in(agency_id: int):
    at = clock.now()
    call = open_call(agency_id=agency_id, carrier_uuid=f"b{at.timestamp()}", from_number="", to_number="", at=at)
    dispatch.arrive(call, queue="book", at=at)
    return call


def _gone(call, operator: Operator) -> None:
    dispatch.hung_up(call)
    dispatch.away(operator)


# ---- boards -----------------------------------------------------------------------------------------------------


async def _boards(web: Web, watcher: User, crew: list[Operator], line: ThreadPoolExecutor) -> list[Row]:
    few_slow, _, _ = await _burst(web, watcher, crew, line, screens=1, a_second=SLOW)
    few_fast, _, quick = await _burst(web, watcher, crew, line, screens=1, a_second=FAST)
    print(f"  one board, % of a core: {few_slow:.1f} and {few_fast:.1f}", flush=True)
    many_fast, told, made = await _burst(web, watcher, crew, line, screens=SCREENS, a_second=FAST)

    def row(name: str, value: float, unit: str, baseline: str, least: float) -> Row:
        return Row(name, round(value, 2), unit, baseline, round(least, 2), round(value / least, 2))

    cpu = "% of a core"
    return [
        row(f"boards: cards a second to each of {SCREENS}", told, "cards", "changes a second, made", made),
        row(f"boards: web server, 1 board, {quick:.0f} changes a second", few_fast, cpu, f"{SLOW} changes", few_slow),
        row(f"boards: web server, {SCREENS} boards, {made:.0f} changes a second", many_fast, cpu, "1 board", few_fast),
    ]


async def _burst(
    web: Web, watcher: User, crew: list[Operator], line: ThreadPoolExecutor, *, screens: int, a_second: int
) -> tuple[float, float, float]:
    """Processor time of the web server in per cent, cards a second to the screen told most, changes a second made."""
    session = await _does(line, lambda: session_of(watcher))
    boards = [await opened(web, session, "board") for _ in range(screens)]
    before = [board.cards for board in boards]
    cpu, began = web.cpu_s(), time.perf_counter()
    done = 0
    while (now := time.perf_counter() - began) < BURST_S:
        if done < now * a_second:
            operator = crew[done % len(crew)]
            await _does(line, lambda operator=operator, n=done: dispatch.away(operator, reason=f"{n}"))
            done += 1
        else:
            await asyncio.sleep(0.001)
    seconds = time.perf_counter() - began
    used = (web.cpu_s() - cpu) / seconds * 100
    told = max(board.cards - first for board, first in zip(boards, before, strict=True)) / seconds
    for board in boards:
        board.close()
    return used, told, done / seconds


async def _does(line: ThreadPoolExecutor, work: Callable):
    """On the one thread that has a connection."""
    return await asyncio.get_running_loop().run_in_executor(line, work)
