"""The service of the loop's benchmark: calls, a real router, a real emitter.

`python -m benchmarks.service --rate 2000 --tenants 48 [--text none]`
"""

import argparse
import signal
import threading
import time

from benchmarks.load import AGENT
from holdfast_client import Emitter, Router, read_keys
from holdfast_client.events import Text
from simulation import Effects, Fleet, Scenario, World, make_tenants
from streams.desk.keys import folder
from streams.settings import Settings

__all__ = ["BUSY", "ROLLOUTS", "SEED", "main", "scenarios"]

BUSY = "busy-service"
"""The router of the service that makes nearly all calls."""

ROLLOUTS = 12
SEED = 11
SLICE = 0.01
MOST_BEHIND = 0.5
"""Seconds of calls that are made up for after a stall."""


def scenarios(tenants: int) -> list[Scenario]:
    """Return the candidates, one after another: each breaks the tools of one tenant, which goes back alone."""
    names = [one.tenant_id for one in make_tenants(tenants, SEED, skew=0.0)]
    return [
        Scenario(
            name=f"broken-{number}",
            title="",
            overlay={"prompt_version": f"broken-{number}"},
            hurt=frozenset({names[number % tenants]}),
            harm=Effects(tool_failure=1.0, refusal_odds=8.0),
        )
        for number in range(ROLLOUTS)
    ]


def _serve(
    settings: Settings, rate: float, tenants: int, text: Text, name: str, stop: threading.Event
) -> None:
    prefix = f"s{time.time_ns() // 1_000_000:x}"
    traits = make_tenants(tenants, SEED, skew=0.0)
    fleet = Fleet(traits, World(scenarios(tenants)), SEED, prefix=prefix, agent_id=AGENT)
    router = Router(
        settings.kafka, read_keys(folder(settings.data_dir) / "ring.json"),
        settings.data_dir / name, router_id=name,
        namespace=settings.namespace, heartbeat_seconds=1.0,
    )  # fmt: skip
    emitter = Emitter(settings.kafka, namespace=settings.namespace, text=text)
    with emitter, router:
        router.wait()
        last, due, told = time.monotonic(), 0.0, 0
        while not stop.wait(SLICE):
            now = time.monotonic()
            due, last = min(due + (now - last) * rate, MOST_BEHIND * rate), now
            while due >= 1.0:
                _call(fleet, router, emitter)
                due -= 1.0
                told += 1
    print(told, flush=True)


def _call(fleet: Fleet, router: Router, emitter: Emitter) -> None:
    call = fleet.call()
    served = router.assign(call.traits.tenant_id, AGENT, session=call.session_id)
    bundle = {**served.bundle, "bundle_id": served.bundle_id}
    emitter.emit(**fleet.answer(call, bundle), bundle_id=served.bundle_id, stamp=served.stamp)


def main() -> None:
    """Serve until SIGTERM."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, required=True)
    parser.add_argument("--tenants", type=int, required=True)
    parser.add_argument("--text", choices=["full", "none"], default="full")
    parser.add_argument("--router", default=BUSY, help="name of its router")
    given = parser.parse_args()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    _serve(Settings(), given.rate, given.tenants, given.text, given.router, stop)


if __name__ == "__main__":
    main()
