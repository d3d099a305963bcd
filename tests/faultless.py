"""What a run without faults makes of the topics as they are, and what the roles have made of them."""

import asyncio
import json
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from schemas import DeadLetter
from streams.desk import wire
from streams.features import decode as features
from streams.kafka.entries import decode, split_key
from streams.settings import Settings
from tests.agents import DecideDesk, MeasureDesk
from tests.pipeline import Roles

__all__ = ["PATIENCE", "Made", "decides_alike", "measures_alike"]

Made = dict[str, dict[Any, Any]]
PATIENCE = 90.0


def _last(records: Iterable[Any]) -> dict[Any, Any]:
    """Return stamps (topic without prefix) and bytes of the last entry of each key."""
    found = {}
    for record in records:
        entry = decode(record.value)
        stamps = {topic.rpartition(".")[2]: at for topic, at in entry.stamps.items()}
        found[split_key(record.key)] = (stamps, entry.blob)
    return found


def _by_id(values: Iterable[bytes | None], name: str) -> dict[Any, Any]:
    """Return messages by id; repeats must be equal."""
    found: dict[Any, Any] = {}
    for value in values:
        try:
            body = json.loads(value or b"")
            key = body[name]
        except (ValueError, KeyError, TypeError):
            continue
        assert found.setdefault(key, body) == body, f"two messages are called {key}"
    return found


def _rows(values: Iterable[bytes | None]) -> dict[Any, Any]:
    found: dict[Any, Any] = {}
    for value in values:
        try:
            table = features(value or b"")
        except Exception:  # noqa: BLE001  poison
            continue
        for row in table.to_pylist():
            place = (row["partition"], row["offset"])
            assert found.setdefault(place, str(row)) == str(row), f"two rows of event {place}"
    return found


def _letters(values: Iterable[bytes | None], topics: set[str]) -> dict[Any, Any]:
    found = {}
    for value in values:
        try:
            letter = DeadLetter.model_validate_json(value or b"")
        except ValueError:
            continue
        if letter.topic in topics:
            found[letter.letter_id, letter.reason] = letter.detail
    return found


async def _agree(expected: Made, actual: Callable[[], Any], logs: Callable[[], str]) -> None:
    """Wait until what there is equals what is expected; more than that is found at once."""
    end = time.monotonic() + PATIENCE
    while (found := await actual()) != expected:
        if time.monotonic() > end:
            wrong = {
                name: [
                    key for key in {*rows, *found[name]} if rows.get(key) != found[name].get(key)
                ]
                for name, rows in expected.items()
            }
            counts = {name: (len(keys), keys[:3]) for name, keys in wrong.items() if keys}
            pytest.fail(f"these differ: {counts}\n{logs()}")
        await asyncio.sleep(0.5)


async def measures_alike(settings: Settings, roles: Roles, folder: Path) -> Made:
    """Check everything that measure makes; return it."""
    desk = MeasureDesk(folder / "calm")
    try:
        for record in await wire.read(settings, "registry"):
            if record.key and record.value:
                try:
                    desk.directory.apply(record.key, record.value)
                except ValueError:
                    continue
        await desk.feed(await wire.read(settings, "events"))
        states = await desk.states("tenants")
        expected: Made = {
            "states": {
                key: ({"events": entry.stamps["x.events"]}, entry.blob)
                for key, entry in states.items()
            },
            "signals": _by_id([one.value for one in await desk.sent("signals")], "signal_id"),
            "sightings": _by_id([one.value for one in await desk.sent("acks")], "sighting_id"),
            "features": _rows([one.value for one in await desk.sent("features")]),
            "letters": _letters([one.value for one in await desk.sent("dead-letters")], {"events"}),
        }
    finally:
        desk.close()

    async def actual() -> Made:
        values: dict[str, list[Any]] = {name: [] for name in MADE}
        for record in await wire.read(settings, *MADE):
            values[record.topic.removeprefix(settings.namespace)].append(record)
        raw = {name: [record.value for record in records] for name, records in values.items()}
        return {
            "states": _last(values["measure-tenants-changelog"]),
            "signals": _by_id(raw["signals"], "signal_id"),
            "sightings": _by_id(raw["acks"], "sighting_id"),
            "features": _rows(raw["features"]),
            "letters": _letters(raw["dead-letters"], {"events"}),
        }

    await _agree(expected, actual, lambda: roles.tail("measure"))
    return expected


MADE = ("measure-tenants-changelog", "signals", "acks", "features", "dead-letters")


def _decisions(values: Iterable[bytes | None]) -> Made:
    """Return what was decided, but for the time; the same id is always the same record."""
    made: Made = {"commands": {}, "holds": {}}
    for value in values:
        try:
            body = wire.unwrapped(value or b"")
        except (ValueError, KeyError, TypeError):
            continue
        if (kind := body.get("kind")) not in {"command", "hold"}:
            continue
        name = body[f"{kind}_id"]
        known = made[f"{kind}s"].setdefault(name, body)
        assert known == body, f"two {kind}s are called {name}"
    epochs = [(one["tenant_id"], one["epoch"]) for one in made["commands"].values()]
    assert len(epochs) == len({*epochs}), "an epoch was given twice"
    for rows in made.values():
        for key, body in rows.items():
            rows[key] = {name: part for name, part in body.items() if name != "issued_at"}
    return made


async def decides_alike(settings: Settings, roles: Roles, folder: Path) -> Made:
    """Check scores, alerts, commands and holds; return them. No more signals may come."""
    desk = DecideDesk(folder / "quiet")
    desk.trust(settings)
    for record in await wire.read(settings, "registry"):
        if record.key and record.value and not record.key.startswith(b"phase/"):
            try:
                desk.directory.apply(record.key, record.value)
            except ValueError:
                continue
    for record in await wire.read(settings, "signals"):
        desk.score.record(desk.here(record))
    entries = await desk.states("scores")
    alerts = _by_id([one.value for one in await desk.sent("alerts")], "alert_id")
    scores = {
        key: ({"signals": entry.stamps["x.signals"]}, entry.blob) for key, entry in entries.items()
    }

    async def scored() -> Made:
        records = await wire.read(settings, "decide-scores-changelog")
        values = [record.value for record in await wire.read(settings, "alerts")]
        return {"scores": _last(records), "alerts": _by_id(values, "alert_id")}

    def logs() -> str:
        return roles.tail("decide")

    await _agree({"scores": scores, "alerts": alerts}, scored, logs)
    for name in ("requests", "alerts"):
        for record in await wire.read(settings, name):
            await desk.decide.chunk([desk.here(record)])
    expected = _decisions([one.value for one in await desk.sent("control")])

    async def decided() -> Made:
        return _decisions([record.value for record in await wire.read(settings, "control")])

    await _agree(expected, decided, logs)
    return expected | {"alerts": alerts}
