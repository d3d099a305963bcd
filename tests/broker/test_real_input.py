"""Real outputs of real models through every role: what changed is found, what did not is let be."""

import asyncio
import gzip
import json
import random
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from schemas import Command
from streams.clickhouse.client import connect
from streams.demo.watch import AWAY, Watch
from streams.desk import keys
from streams.embedded.up import lay_out
from streams.settings import Settings
from tests.live import DATA, Answers, Roles, Service, answers, holdfast, recorded, watching

pytestmark = [
    pytest.mark.broker,
    pytest.mark.data,
    pytest.mark.skipif(not DATA.is_dir(), reason="needs ../shared/data"),
]

MARCH, JUNE = "gpt-4-0314", "gpt-4-0613"
ONE, OTHER = "llama-3.1-8b-run-4", "llama-3.1-8b-run-7"
RUNS = {ONE: ("_run_4", "_run_5"), OTHER: ("_run_7", "_run_8")}
TENANTS = ("acme", "bravo", "corto", "delta")
NOTABLE = 2.0


@pytest.fixture(scope="module")
def live(make_settings: Callable[..., Settings]) -> Iterator[Settings]:
    """Every role as a process of its own, for all tests of this module."""
    settings = make_settings(log_level="INFO")
    lay_out(settings)
    keys.ensure(settings.data_dir)
    with Roles() as roles:
        roles.start(measure=settings, decide=settings, record=settings)
        yield settings
        for process in roles.processes.values():
            process.tick()
            assert process.deaths == 0, process.child.tail()
        said = roles.logs()
    assert "Traceback" not in said, said


def snapshots() -> list[Answers]:
    """Return every prompt with its answers of March and of June."""
    sides: dict[tuple[Any, ...], dict[str, dict[str, Any]]] = {}
    for row in recorded("llmdrift"):
        if row["model_version"] in (MARCH, JUNE):
            place = row["task"], row["prompt_id"], row.get("sample_idx")
            sides.setdefault(place, {})[row["model_version"]] = answers(row)
    return [side for side in sides.values() if len(side) == 2]


def reruns() -> list[Answers]:
    """Return prompts with answers of four runs of one configuration, two runs to a side."""
    sides: dict[tuple[str, int], dict[str, dict[str, Any]]] = {}
    for row in recorded("llama31_8b_reruns_int4"):
        for model, variants in RUNS.items():
            for which, variant in enumerate(variants):
                if row["variant"] == f"llama3_1_8b/llama3_1_8b{variant}":
                    sides.setdefault((row["prompt_id"], which), {})[model] = answers(row)
    return [side for side in sides.values() if len(side) == 2]


async def until(check: Callable[[], Any], seconds: float, why: Callable[[], object]) -> None:
    end = time.monotonic() + seconds
    while not await asyncio.to_thread(check):
        assert time.monotonic() < end, why()
        await asyncio.sleep(0.3)


def ask(settings: Settings, sql: str, **parameters: str) -> list[tuple[Any, ...]]:
    client = connect(settings)
    try:
        return [tuple(row) for row in client.query(sql, parameters=parameters).result_rows]
    finally:
        client.close()


async def pinned(
    settings: Settings, watch: Watch, folder: Path, agent: str, tenants: Iterable[str], model: str
) -> None:
    """Write the registry as a person does, and wait for the tenants' first pins."""
    names = list(tenants)
    registry = {
        "bundles": {"main": {"provider": "lab", "model": model, "prompt_version": "v1"}},
        "tenants": [
            {"tenant_id": one, "tier": tier, "pins": {agent: "main"}}
            for one, tier in zip(names, ("gold", "free", "platinum", "gold"), strict=True)
        ],
        "policies": [{"policy_id": "default", "drain_seconds": 1}],
    }
    path = folder / "registry.json"
    path.write_text(json.dumps(registry))
    await holdfast(settings, "registry", "apply", path)
    keys_ = {f"{one}/{agent}" for one in names}
    assert await watch.until(lambda: keys_ <= set(watch.state.commands), 20)


async def test_a_real_drift_is_found_commanded_obeyed_and_proven(
    live: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    agent, rollout = "quiz", "june"
    async with watching(live) as watch:
        await pinned(live, watch, tmp_path, agent, TENANTS, MARCH)
        with Service(live, agent, TENANTS, snapshots(), rate=80) as service:
            await holdfast(
                live, "rollout", "start", agent, "--set", f"model={JUNE}", "--weight", "40%",
                "--waves", "50%,100%", "--min-units", "400", "--rollout", rollout,
            )  # fmt: skip
            now = watch.rollout(rollout)
            joined = lambda: {one.tenant_id for one in now.of("join")}  # noqa: E731
            gone = lambda: {one.tenant_id for one in now.back()}  # noqa: E731
            assert await watch.until(lambda: bool(joined()) and gone() == joined(), 60), now
            back = now.back()
            assert await watch.until(lambda: not watch.unproven(back), 30), watch.proofs
            units = {one.tenant_id: now.units.get(one.tenant_id) for one in back}
            await asyncio.sleep(1)
        assert joined() == set(TENANTS[1:2]) | {"acme"}, "who joins first has least at stake"
        proofs = [watch.proofs[one.command_id] for one in back]
        assert {proof.state for proof in proofs} == {"proven"}
        flips = [
            ack.flip_ms for ack in watch.acks
            if ack.command_id in {one.command_id for one in back} and ack.flip_ms is not None
        ]  # fmt: skip
        assert len(flips) == len(back)
        _obeyed(service, back)
    took = [(p.proven_at or 0) - p.commanded_at for p in proofs]
    with capsys.disabled():
        print(f"\n  units to reversion {units}, flips {flips} ms, proven after {took} ms")  # noqa: T201
    await _stored(live, service, agent, rollout, back)


def _obeyed(service: Service, back: list[Command]) -> None:
    """Under the epochs of the reversions nobody met June, before them some did."""
    for command in back:
        tenant, epoch = command.tenant_id, command.epoch
        assert service.served[tenant, epoch] == {MARCH: service.served[tenant, epoch][MARCH]}
        assert service.served[tenant, epoch][MARCH] > 0
        assert service.served[tenant, epoch - 1][JUNE] > 0
        assert (tenant, epoch + 1) not in service.served
    outside = set(TENANTS) - {command.tenant_id for command in back}
    assert not any(service.served[key][JUNE] for key in list(service.served) if key[0] in outside)


async def _stored(
    settings: Settings, service: Service, agent: str, rollout: str, back: list[Command]
) -> None:
    """Everything lies in ClickHouse: each event once with its features, and what was done."""
    emitted = service.emitter.statistics()["emitted"]
    assert service.emitter.statistics() == {
        "emitted": emitted, "sent": emitted, "waiting": 0, "dropped": {}
    }  # fmt: skip
    rows = "SELECT count(), uniqExact(event_id) FROM {table:Identifier} WHERE agent_id = {a:String}"
    for table in ("events", "features", "payloads"):
        await until(
            lambda table=table: ask(settings, rows, table=table, a=agent) == [(emitted, emitted)],
            30,
            lambda table=table: (table, emitted, ask(settings, rows, table=table, a=agent)),
        )
    ids = {(one.command_id,) for one in back}
    for sql in (
        "SELECT command_id FROM commands WHERE rollout_id = {r:String} AND action IN ('revert', "
        "'halt')",
        "SELECT command_id FROM acks WHERE status = 'flipped' AND command_id IN (SELECT command_id "
        "FROM commands WHERE rollout_id = {r:String} AND action IN ('revert', 'halt'))",
        "SELECT command_id FROM proofs WHERE state = 'proven' AND agent_id = {a:String} AND action "
        "IN ('revert', 'halt')",
    ):
        await until(
            lambda sql=sql: set(ask(settings, sql, r=rollout, a=agent)) == ids,
            20,
            lambda sql=sql: (sql, ask(settings, sql, r=rollout, a=agent)),
        )
    phases = (
        "SELECT DISTINCT phase_id FROM events WHERE agent_id = {a:String} AND phase_id != 'pin'"
    )
    known = "SELECT phase_id FROM phases WHERE rollout_id = {r:String}"
    assert set(ask(settings, phases, a=agent)) <= set(ask(settings, known, r=rollout))
    assert ask(settings, "SELECT count() FROM dead_letters") == [(0,)]


async def test_reruns_of_one_configuration_go_through_all_waves(
    live: Settings, tmp_path: Path
) -> None:
    agent, rollout = "arena", "rerun"
    tenants = [f"{one}-llama" for one in TENANTS]
    async with watching(live) as watch:
        await pinned(live, watch, tmp_path, agent, tenants, ONE)
        with Service(live, agent, tenants, reruns(), rate=120):
            await holdfast(
                live, "rollout", "start", agent, "--set", f"model={OTHER}", "--weight", "50%",
                "--waves", "50%,100%", "--min-units", "60", "--rollout", rollout,
            )  # fmt: skip
            now = watch.rollout(rollout)
            assert await watch.until(lambda: len(now.of("join")) == len(tenants), 60), now
            everyone = lambda: len(now.units) == 4 and min(now.units.values()) >= 60  # noqa: E731
            assert await watch.until(everyone, 60), now.units
        assert [hold.state for hold in now.holds] == ["running"] * len(now.holds)
        assert not [one for one in now.commands if one.action in AWAY]
        assert len(now.commands) == len(tenants), "one command each: to join"
        listed = json.loads(await holdfast(live, "rollout", "status", agent, "--json"))
        assert [(row["state"], row["reverted"]) for row in listed] == [("running", 0)]
        await holdfast(live, "rollout", "finish", agent)
        assert await watch.until(lambda: len(now.of("finish")) == len(tenants), 20)


def drawn(rows: Iterable[dict[str, Any]], count: int, seed: int) -> list[dict[str, Any]]:
    """Return answers in the order in which they might have come."""
    return random.Random(seed).sample([answers(row) for row in rows], count)


def told(tenant: str, label: str, given: Iterable[dict[str, Any]], first: int) -> list[str]:
    return [
        json.dumps(
            {
                "version": 1, "tenant_id": tenant, "agent_id": "watched", "bundle_id": label,
                "event_id": f"{tenant}-{number}", "occurred_at": "2026-01-01T00:00:00Z", **fields,
            }
        )
        for number, fields in enumerate(given, first)
    ]  # fmt: skip


def files(folder: Path) -> tuple[Path, Path, dict[str, int]]:
    """Write what came before and after; return also how many events each tenant has in all.

    Two tenants keep their label, two change it; of each two one has a new model behind it.
    """
    drift, calm = recorded("llmdrift"), recorded("llama31_8b_reruns_int4")
    run = {one: [row for row in calm if row["variant"].endswith(f"8b_run_{one}")] for one in "4578"}
    gpt = {one: [row for row in drift if row["model_version"] == one] for one in (MARCH, JUNE)}
    before, after = list[str](), list[str]()
    for tenant, labels, old, new, sizes in (
        ("gpt-silent", ("v1", "v1"), gpt[MARCH], gpt[JUNE], (1200, 300)),
        ("gpt-told", ("v1", "v2"), gpt[MARCH], gpt[JUNE], (1200, 300)),
        ("llama-silent", ("v1", "v1"), run["4"] + run["5"], run["7"] + run["8"], (900, 600)),
        ("llama-told", ("v1", "v2"), run["4"] + run["5"], run["7"] + run["8"], (900, 600)),
    ):
        before += told(tenant, labels[0], drawn(old, sizes[0], 1), 0)
        after += told(tenant, labels[1], drawn(new, sizes[1], 2), sizes[0])
    first, second = folder / "before.jsonl.gz", folder / "after.jsonl"
    first.write_bytes(gzip.compress("\n".join(before).encode()))
    second.write_text("\n".join(after))
    return first, second, {"first": len(before), "second": len(after)}


async def test_observe_mode_says_what_changed_behind_a_label_and_with_it(
    live: Settings, tmp_path: Path
) -> None:
    first, second, counts = files(tmp_path)
    seen = "SELECT count() FROM features WHERE agent_id = 'watched'"
    await holdfast(live, "emit", first)
    await until(lambda: ask(live, seen) == [(counts["first"],)], 60, lambda: ask(live, seen))
    await asyncio.sleep(1)
    quiet = await _watched(live)
    assert set(quiet) == {"gpt-silent", "gpt-told", "llama-silent", "llama-told"}
    assert {tenant: _moved(rows) for tenant, rows in quiet.items()} == {t: [] for t in quiet}
    await holdfast(live, "emit", second)
    both = sum(counts.values())
    await until(lambda: ask(live, seen) == [(both,)], 60, lambda: ask(live, seen))
    await asyncio.sleep(1)
    found = await _watched(live)
    for tenant in ("llama-silent", "llama-told"):
        assert _moved(found[tenant]) == [], tenant
    for tenant in ("gpt-silent", "gpt-told"):
        assert "output_tokens" in _moved(found[tenant]), tenant
        loud = max(found[tenant], key=lambda row: (row["scores"] or {"display": 0})["display"])
        assert loud["scores"]["display"] >= 67  # once in 10,000 by chance
        (tokens,) = [one for one in loud["readings"] if one["metric"] == "output_tokens"]
        assert tokens["effect"] < 0.5
    assert {row["subject"] for row in found["gpt-told"]} == {"v1", "v2"}


async def _watched(settings: Settings) -> dict[str, list[dict[str, Any]]]:
    """Return what `holdfast status` says of each tenant in observe mode."""
    said = json.loads(await holdfast(settings, "status", "watched", "--json"))
    found: dict[str, list[dict[str, Any]]] = {}
    for row in said["watched"]:
        found.setdefault(row["tenant"], []).append(row)
    return found


def _moved(rows: list[dict[str, Any]]) -> list[str]:
    """Return the metrics that are said to have moved."""
    return [one["metric"] for row in rows for one in row["readings"] if one["display"] >= NOTABLE]
