"""That every tenant's last command was proven, or acked at least, in the end."""

import asyncio
import time
from collections.abc import Mapping
from typing import Any

from schemas import Proof
from streams.desk import wire
from streams.settings import Settings

__all__ = ["all_proven"]


async def all_proven(
    settings: Settings, commands: Mapping[str, Mapping[str, Any]], seconds: float = 30.0
) -> None:
    """Wait for a proof of each tenant's last command; the same proof is always the same."""
    last: dict[str, Mapping[str, Any]] = {}
    for command in sorted(commands.values(), key=lambda one: int(one["epoch"])):
        last[command["tenant_id"]] = command
    wanted = {command["command_id"] for command in last.values()}
    end = time.monotonic() + seconds
    while missing := wanted - {proof.command_id for proof in await _proofs(settings)}:
        assert time.monotonic() < end, f"no proof of {sorted(missing)}"
        await asyncio.sleep(0.5)
    told: dict[str, Proof] = {}
    for proof in await _proofs(settings):
        assert told.setdefault(proof.proof_id, proof).state == proof.state


async def _proofs(settings: Settings) -> list[Proof]:
    found = []
    for record in await wire.read(settings, "proofs"):
        try:
            found.append(Proof.model_validate_json(record.value or b""))
        except ValueError:
            continue
    return found
