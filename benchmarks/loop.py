"""Event to command to router to proof, with every role running, at 2,000 events a second."""

import asyncio
import shutil
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from benchmarks.cpu import quantile
from benchmarks.load import AGENT
from benchmarks.report import Row, row
from benchmarks.service import BUSY, ROLLOUTS, SEED, scenarios
from benchmarks.stage import numbers, say
from schemas import Command, Start, Wave
from simulation import Scenario, make_tenants
from streams.demo.watch import Watch
from streams.desk import keys, registry, requests, wire
from streams.embedded import discovery, python
from streams.embedded.child import Child
from streams.embedded.up import Up
from streams.settings import Settings

__all__ = ["percentile", "rows"]

RATE = 2_000
QUIET, QUIET_RATE = "quiet-service", 20
"""A second service: in the first, 2,000 calls a second leave its router little of the interpreter."""
TENANTS = 48
PERSON = "bench"
STEADY_SECONDS = 5.0
BACK_SECONDS = 90.0
PROOF_SECONDS = 30.0
LAG = "holdfast_loop_lag_seconds"
LAGGING = "lag of measure's loop, p99 at most"
_KINDS = {"none": "no text", "full": "text and static embedding"}
BUNDLE = {"provider": "aurora", "model": "aurora-1", "prompt_version": "v1"}


def rows(*, quick: bool) -> list[Row]:
    """Break every tenant again and again; return what it took to bring them back.

    Once with events without text, once with text and its static embedding.
    """
    return [*_loop("none", quick), *_loop("full", quick)]


def _loop(text: str, quick: bool) -> list[Row]:
    folder = Path(tempfile.mkdtemp(prefix="holdfast-bench-"))
    settings = Settings(
        data_dir=folder, log_level="WARNING", transformer=False, static=text == "full"
    )
    keys.ensure(folder)
    keys.create(folder, PERSON)
    try:
        say(f"{RATE:,} events/s, {TENANTS} tenants, {_KINDS[text]}, all roles; starting")
        with Up(settings, say=say) as up:
            return asyncio.run(_run(up.settings, text, 4 if quick else ROLLOUTS))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _run(settings: Settings, text: str, rollouts: int) -> list[Row]:
    watch = Watch(settings)
    following = asyncio.create_task(watch.run())
    service = _service(settings, BUSY, RATE, text)
    quiet = _service(settings, QUIET, QUIET_RATE, text)
    try:
        await _pin(settings, watch)
        service.start()
        quiet.start()
        await asyncio.sleep(STEADY_SECONDS)
        begun = time.monotonic()
        for scenario in scenarios(TENANTS)[:rollouts]:
            await _rollout(settings, watch, scenario)
        seconds = time.monotonic() - begun
        port = discovery.read(settings.data_dir)["metrics"]["measure"]
        lag = quantile(numbers(f"http://{settings.listen}:{port}"), LAG, 0.99)
        await asyncio.to_thread(quiet.stop, 20.0)
        await asyncio.to_thread(service.stop, 20.0)
        found = await _found(settings, watch, service, seconds, _KINDS[text])
        return (
            found
            if lag is None
            else [*found, row(f"{LAGGING}; {_KINDS[text]}", lag * 1e3, "ms", most=10)]
        )
    finally:
        service.kill()
        quiet.kill()
        following.cancel()
        with suppress(asyncio.CancelledError):
            await following


def _service(settings: Settings, name: str, rate: float, text: str) -> Child:
    options = ("--rate", str(rate), "--tenants", str(TENANTS), "--text", text, "--router", name)
    return Child(
        name,
        python.module("benchmarks.service", *options),
        log=settings.data_dir / "logs" / f"{name}.log",
        env=python.environment(python.variables(settings)),
    )


async def _pin(settings: Settings, watch: Watch) -> None:
    tenants = [
        {"tenant_id": one.tenant_id, "tier": "platinum", "pins": {AGENT: "main"}}
        for one in make_tenants(TENANTS, SEED, skew=0.0)
    ]
    # One by one, not all at once: nothing pauses or halts before each tenant has gone back.
    policy = {
        "policy_id": "default", "reverts_share": 1.0, "pause_fleet": 100.0,
        "pause_tenant": 100.0, "drain_seconds": 0, "reverts_per_hour": 100_000,
    }  # fmt: skip
    content: dict[str, Any] = {
        "bundles": {"main": BUNDLE}, "tenants": tenants, "policies": [policy],
    }  # fmt: skip
    await registry.apply(settings, registry.parse(content, "the benchmark's registry"), PERSON)
    if not await watch.until(lambda: len(watch.state.commands) >= TENANTS, 60.0):
        message = f"only {len(watch.state.commands)} of {TENANTS} tenants were pinned"
        raise RuntimeError(message)


async def _rollout(settings: Settings, watch: Watch, scenario: Scenario) -> None:
    """Start a candidate on every tenant; wait until those that it hurts are proven to be back."""
    tenants = [one.tenant_id for one in make_tenants(TENANTS, SEED, skew=0.0)]
    name = scenario.name
    wave = Wave(tenants=tenants, min_units=1_000_000)
    start = Start(rollout_id=name, overlay=dict(scenario.overlay), weight=0.25, waves=[wave])
    await requests.submit(settings, requests.build("start", AGENT, PERSON, start=start))
    now = watch.rollout(name)
    wanted = set(scenario.hurt)
    await watch.until(
        lambda: (
            wanted <= {one.tenant_id for one in now.back()} and not watch.unproven(now.reverted())
        ),
        BACK_SECONDS,
    )
    others = {one.tenant_id for one in now.back()} - wanted
    missing = wanted - {one.tenant_id for one in now.back()}
    say(f"{name}: {len(now.reverted())} reverted, {len(others)} wrongly, {len(missing)} not")
    abort = requests.build("abort", AGENT, PERSON, rollout_id=name, reason="benchmark")
    await requests.submit(settings, abort)
    await watch.until(lambda: not watch.unproven(now.back()), PROOF_SECONDS)
    await asyncio.sleep(2.0)


async def _found(
    settings: Settings, watch: Watch, service: Child, seconds: float, kind: str
) -> list[Row]:
    published, reversions = list[float](), set[str]()
    for record in await wire.read(settings, "control"):
        if record.value is None:
            continue
        content = wire.unwrapped(record.value)
        if content["kind"] != "command" or content["action"] != "revert":
            continue
        command = Command.model_validate(content)
        reversions.add(command.command_id)
        alert = watch.alerts.get(command.cause.id)
        if alert is not None:
            published.append(float(record.timestamp - alert.signal_at))
    events = int((service.log.read_text().split() or ["0"])[-1])
    proven = watch.proof_ms()
    return [
        row(
            f"events a second that the service made; {kind}",
            events / (seconds + STEADY_SECONDS),
            "/s",
        ),
        row(f"reversions by evidence; {kind}", len(published), ""),
        *_percentiles(f"event that crossed -> command published; {kind}", published, 250),
        *_flips(watch, reversions, kind),
        *_percentiles(f"decision -> proven; {kind}", proven, 10_000),
    ]


def _flips(watch: Watch, reversions: set[str], kind: str) -> list[Row]:
    """Return how long flips took: of reversions, each alone, and of all tenants at once.

    All at once join a rollout that starts, and go back from one that is aborted.
    """
    found: list[Row] = []
    flipped = [one for one in watch.acks if one.flip_ms is not None and one.status == "flipped"]
    for router, where in (
        (BUSY, f"in the service that makes all {RATE:,}"),
        (QUIET, f"in one of {QUIET_RATE} calls a second"),
    ):
        own = [one for one in flipped if one.router_id == router]
        single = [one.flip_ms or 0.0 for one in own if one.command_id in reversions]
        many = [one.flip_ms or 0.0 for one in own if one.command_id not in reversions]
        name = f"command published -> router flipped, {where}"
        found += _percentiles(f"{name}, reversions; {kind}", single, 50)
        found += _percentiles(f"{name}, {TENANTS} tenants at once; {kind}", many, None)
    return found


def _percentiles(name: str, values: list[float], target: float | None) -> list[Row]:
    if not values:
        return [row(f"{name}: nothing was seen", float("nan"), "ms")]
    return [
        row(f"{name}, p50", percentile(values, 0.5), "ms"),
        row(f"{name}, p99", percentile(values, 0.99), "ms", most=target),
    ]  # fmt: skip


def percentile(values: list[float], share: float) -> float:
    """Return a quantile of some values: the least that so many do not exceed."""
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]
