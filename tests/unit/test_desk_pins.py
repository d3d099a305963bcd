"""A pin that a file changes is applied, or refused with the way to do it: never only shown."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from control import bundles
from schemas import Bundle, Cause, Command, Tenant
from streams.desk import keys, pins, plan, registry, wire
from streams.desk.errors import PinnedError
from streams.settings import Settings


def bundle(model: str, **more: Any) -> Bundle:
    return bundles.identified({"provider": "p", "model": model, "prompt_version": "v1", **more})


OLD = bundle("m 1", configuration={"temperature": 0.5, "stop": ["x"]}, tools_version="t1")
NEW = bundle("m2", configuration={"temperature": 0, "seed": {"a": 1}})
FIRST = bundle("m0")


def tenant(pin: Bundle, name: str = "acme") -> dict[str, Tenant]:
    return {name: Tenant(tenant_id=name, pins={"care": pin.bundle_id})}


def on(pin: Bundle, name: str = "acme") -> dict[str, Command]:
    command = Command(
        command_id="c", tenant_id=name, agent_id="care", epoch=3, mode="pinned", action="finish",
        baseline=pin, cause=Cause(kind="request", id="q"), issued_at=1,
    )  # fmt: skip
    return {f"{name}/care": command}


@pytest.mark.parametrize(
    ("wanted", "known", "serves", "many"),
    [
        (NEW, OLD, OLD, 1),  # changed past all rollouts
        (NEW, FIRST, OLD, 1),  # and after one
        (FIRST, FIRST, OLD, 0),  # the file was not touched since a rollout finished
        (OLD, FIRST, OLD, 0),  # it has caught up with what the rollout made
        (NEW, None, OLD, 1),  # the registry was not told, the tenant has a pin all the same
        (NEW, OLD, None, 0),  # nobody is on anything yet
    ],
)
def test_a_pin_is_changed_if_neither_registry_nor_routers_have_it(
    wanted: Bundle, known: Bundle | None, serves: Bundle | None, many: int
) -> None:
    before = tenant(known) if known else {}
    assert len(pins.changed(tenant(wanted), before, on(serves) if serves else {})) == many


def test_the_refusal_names_the_rollout_that_makes_the_pin() -> None:
    found = pins.changed(tenant(NEW), tenant(OLD), on(OLD))
    with pytest.raises(PinnedError, match="Nothing was written: acme") as refused:
        pins.check(found, {NEW.bundle_id: NEW})
    (said,) = re.findall(r"`holdfast rollout start (.*?)`", str(refused.value))
    words = shlex.split(said)
    assert words[0] == "care"
    assert words[-2:] == ["--tenant", "acme"]
    sets = [value for option, value in zip(words[1::2], words[2::2], strict=True)
            if option == "--set"]  # fmt: skip
    assert bundles.overlay(OLD, plan.overlay_of(sets)) == NEW


def test_a_refusal_of_many_fits_a_terminal() -> None:
    names = [f"t{number}" for number in range(2_000)]
    wanted, before, commands = dict[str, Tenant](), dict[str, Tenant](), dict[str, Command]()
    for name in names:
        wanted |= tenant(NEW, name)
        before |= tenant(OLD, name)
        commands |= on(OLD, name)
    with pytest.raises(PinnedError, match="and 1995 more pins") as refused:
        pins.check(pins.changed(wanted, before, commands), {NEW.bundle_id: NEW})
    assert len(str(refused.value)) < 1_000


async def test_what_is_refused_is_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[object] = []
    entries = registry.Entries({one.bundle_id: one for one in (OLD, NEW)}, tenant(NEW))

    async def send(settings: Settings, records: object) -> None:
        written.append(records)

    async def read(settings: Settings) -> registry.Entries:
        return registry.Entries({OLD.bundle_id: OLD}, tenant(OLD))

    async def commanded(settings: Settings) -> dict[str, Command]:
        return on(OLD)

    monkeypatch.setattr(wire, "send", send)
    monkeypatch.setattr(registry, "read", read)
    monkeypatch.setattr(pins, "commanded", commanded)
    keys.ensure(tmp_path)
    with pytest.raises(PinnedError):
        await registry.apply(Settings(data_dir=tmp_path), entries, keys.me())
    assert written == []
