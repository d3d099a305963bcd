"""Who follows on a killed process reads on at once, not when the session of the dead is over."""

import asyncio
from collections.abc import Callable

import pytest

from streams.desk import keys
from streams.settings import Settings
from tests.pipeline import Role, Roles

SESSION = 300.0
"""Seconds: longer than the test may take."""
READY = {"measure": "measure is ready.", "decide": "decide is ready.", "record": "record reads "}


@pytest.mark.timeout(120)
@pytest.mark.parametrize("role", sorted(READY))
async def test_a_successor_leaves_the_group_for_who_was_killed(
    role: Role, make_settings: Callable[..., Settings]
) -> None:
    roles = Roles(make_settings(session_timeout_seconds=SESSION))
    keys.create(roles.settings.data_dir, "control")
    try:
        for times in (1, 2, 3):
            roles.start(role)
            while roles.log(role).read_text().count(READY[role]) < times:
                assert roles.running[role][0].poll() is None, roles.tail(role)
                await asyncio.sleep(0.1)
            roles.kill(role)
    finally:
        roles.kill_all()
    assert roles.log(role).read_text().count("which has died") == 2
