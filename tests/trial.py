"""A rollout while roles die: what is left must equal what a run without faults leaves."""

import asyncio
import random
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from tests.answering import answering
from tests.faultless import decides_alike, measures_alike
from tests.pipeline import Roles, Rollout, poison, trouble
from tests.proofs import all_proven
from tests.rows import records_alike

__all__ = ["trial"]

PACE = 200


async def trial(
    roles: Roles,
    seed: int,
    folder: Path,
    *,
    count: int,
    kills: int,
    pause: tuple[float, float],
    meanwhile: Coroutine[Any, Any, None] | None = None,
) -> None:
    """Run it and compare all that measure, decide, prove and record have made.

    Args:
        roles: None runs yet.
        seed: Of the traffic and of the kills; printed.
        folder: For states of the runs without faults.
        count: Events.
        kills: Of roles.
        pause: Seconds between two kills, from and to.
        meanwhile: What else happens.
    """
    print(f"seed {seed}")  # noqa: T201
    settings, rollout, rng = roles.settings, Rollout(roles.settings, seed), random.Random(seed)
    await rollout.prepare()
    await poison(settings)
    for role in ("decide", "measure", "record"):
        roles.start(role)
    await rollout.begin()
    async with answering(settings):
        others = [asyncio.create_task(rollout.feed(count, pace=PACE))]
        others += [] if meanwhile is None else [asyncio.create_task(meanwhile)]
        await trouble(roles, rng, kills=kills, pause=pause)
        await asyncio.gather(*others)
        made = await measures_alike(settings, roles, folder)
        assert len(made["signals"]) > 5
        decided = await decides_alike(settings, roles, folder)
        assert len(decided["commands"]) >= 2 * len(rollout.names)
        await all_proven(settings, decided["commands"])
    roles.stop("measure", "decide")
    rows = await records_alike(settings, roles)
    assert rows["features"]["rows"] == len(made["features"])
    assert rows["signals"]["rows"] == len(made["signals"])
    assert rows["commands"]["rows"] == len(decided["commands"])
