"""The service of the demo: what a customer's service does, on simulated calls.

`python -m streams.demo.service --rate 1500 --seed 7 --counts FILE --pace FILE`
"""

import argparse
import json
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

from holdfast_client import Emitter, Router, read_keys
from simulation import Fleet
from streams.demo.pace import read
from streams.demo.plan import AGENT, make_plan
from streams.desk.keys import folder
from streams.settings import Settings

__all__ = ["main", "serve"]

SLICE = 0.02
"""Seconds between two bursts of calls."""
COUNTS_SECONDS = 0.5
MOST_BEHIND = 0.5
"""Seconds of calls that a slow machine makes up for; older ones are let go."""
FEEDBACK = 0.02


def serve(
    settings: Settings, rate: float, seed: int, counts: Path, pace: Path, stop: threading.Event
) -> None:
    """Serve calls until told to stop.

    Args:
        settings: Where Kafka is, and the data folder with the public keys.
        rate: Calls per second, until `pace` says otherwise.
        seed: Of the fleet.
        counts: File that says how many events were sent so far, renewed twice a second.
        pace: File that says how many calls to make a second.
        stop: Set when it is time to go.
    """
    plan = make_plan(seed)
    fleet = Fleet(
        plan.tenants, plan.world, seed, prefix=f"s{time.time_ns() // 1_000_000:x}", agent_id=AGENT
    )
    router = Router(
        settings.kafka,
        read_keys(folder(settings.data_dir) / "ring.json"),
        settings.data_dir / "service-router",
        router_id="demo-service",
        namespace=settings.namespace,
    )
    emitter = Emitter(settings.kafka, namespace=settings.namespace)
    with emitter, router:
        router.wait()
        _loop(fleet, router, emitter, lambda: read(pace, rate), counts, stop)
    _write(counts, emitter)


def _loop(
    fleet: Fleet,
    router: Router,
    emitter: Emitter,
    asked: Callable[[], float],
    counts: Path,
    stop: threading.Event,
) -> None:
    begun = told = time.monotonic()
    due, rate = 0.0, asked()
    while not stop.wait(SLICE):
        now = time.monotonic()
        due = min(due + (now - begun) * rate, MOST_BEHIND * rate)
        begun = now
        while due >= 1.0:
            _call(fleet, router, emitter)
            due -= 1.0
        if now - told > COUNTS_SECONDS:
            told, rate = now, asked()
            _write(counts, emitter)


def _call(fleet: Fleet, router: Router, emitter: Emitter) -> None:
    """One call: ask the router, answer with that bundle, tell Holdfast."""
    call = fleet.call()
    served = router.assign(call.traits.tenant_id, AGENT, session=call.session_id)
    bundle = {**served.bundle, "bundle_id": served.bundle_id}
    emitter.emit(**fleet.answer(call, bundle), bundle_id=served.bundle_id, stamp=served.stamp)
    outcome = fleet.feedback(call, bundle, FEEDBACK)
    if outcome is not None:
        emitter.outcome(**outcome, stamp=served.stamp)


def _write(counts: Path, emitter: Emitter) -> None:
    fresh = counts.with_suffix(".new")
    fresh.write_text(json.dumps(emitter.statistics()))
    fresh.replace(counts)


def main() -> None:
    """Run until SIGTERM."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--counts", type=Path, required=True)
    parser.add_argument("--pace", type=Path, required=True)
    given = parser.parse_args()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    serve(Settings(), given.rate, given.seed, given.counts, given.pace, stop)


if __name__ == "__main__":
    main()
