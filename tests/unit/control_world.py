"""A small world for tests of the control plane: three bundles, some tenants, one agent."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from control.bundles import identified
from control.decision import AgentState, Publish, Registry, fold_alert, fold_request, fold_tick
from schemas import (
    Alert,
    Breadth,
    Bundle,
    Command,
    Hold,
    Lease,
    MonitorReading,
    Phase,
    Policy,
    Request,
    Scores,
    Start,
    Tenant,
    Tick,
    Units,
    Wave,
)

AGENT = "desk"
T0 = 1_790_000_000_000
FIRST = T0 // 1000
"""Epoch of a first pin: the second it was made."""


def bundle(name: str, **more: Any) -> Bundle:
    return identified({"provider": "acme", "model": name, "prompt_version": "p1", **more})


PIN, OTHER, SAFE = bundle("m1"), bundle("m0"), bundle("m-safe")


def registry(tenants: Sequence[Tenant] = (), **policy: Any) -> Registry:
    return Registry(
        bundles={one.bundle_id: one for one in (PIN, OTHER, SAFE)},
        tenants={one.tenant_id: one for one in tenants},
        policies={"default": Policy(**policy)},
    )


def tenant(name: str, **more: Any) -> Tenant:
    return Tenant(tenant_id=name, pins={AGENT: PIN.bundle_id}, **more)


def names(count: int) -> list[str]:
    return [f"t{number}" for number in range(count)]


class World:
    """An agent's state, its registry and a clock."""

    def __init__(self, tenants: Sequence[Tenant], **policy: Any) -> None:
        self.registry = registry(tenants, **policy)
        self.state = AgentState(AGENT)
        self.now = T0
        self.count, self.made = 0, T0

    def request(self, kind: str, **more: Any) -> list[Publish]:
        return fold_request(self.state, self.asking(kind, **more), self.registry, self.now)

    def asking(self, kind: str, **more: Any) -> Request:
        self.count += 1
        at = datetime.fromtimestamp(self.now / 1000, UTC)
        fields = {"request_id": f"q{self.count}", "agent_id": AGENT, "person": "ann", "at": at}
        return Request.model_validate({**fields, "kind": kind, **more})

    def start(self, *waves: Wave, **more: Any) -> list[Publish]:
        fields = {"rollout_id": "r1", "overlay": {"model": "m2"}, "waves": list(waves), **more}
        return self.request("start", start=Start.model_validate(fields))

    def began(self, *waves: Wave, **more: Any) -> "World":
        self.request("assign")
        self.start(*(waves or (Wave(tenants=list(self.registry.tenants)),)), **more)
        return self

    def alert(self, **more: Any) -> list[Publish]:
        return fold_alert(self.state, self.crying(**more), self.registry, self.now)

    def crying(
        self,
        tenant_id: str | None = None,
        *,
        pause: float = 0.0,
        action: float = 0.0,
        display: float = 0.0,
        ratio: float = 0.0,
        selected: Sequence[str] = (),
        units: dict[str, int] | None = None,
        kind: str = "rollout",
        subject: str = "r1",
        cause: str | None = None,
        contested: bool = False,
    ) -> Alert:
        self.count += 1
        given = {name: Units(baseline=19 * n, candidate=n) for name, n in (units or {}).items()}
        return Alert.model_validate(
            {
                "alert_id": f"a{self.count}",
                "kind": kind,
                "scope": "fleet" if tenant_id is None else "tenant",
                "agent_id": AGENT,
                "subject": subject,
                "tenant_id": tenant_id,
                "sequence": self.count,
                "at": self.now,
                "signal_id": f"s{self.count}",
                "signal_at": self.now,
                "scores": Scores(display=display, pause=pause, action=action),
                "components": {},
                "units": Units(),
                "sample_ratio": ratio,
                "breadth": Breadth(tenants=len(selected), selected=list(selected)),
                "units_by_tenant": given,
                "moved": [MonitorReading(metric="refused", component="E")],
                "cause": cause,
                "reasons": ["because of the moon"] if cause else [],
                "contested": contested,
            }
        )

    def tick(self, seconds: float = 1) -> list[Publish]:
        """Let time pass, with a tick every ten seconds."""
        said: list[Publish] = []
        while True:
            step = min(seconds, 10)
            said += self.jump(step, step)
            seconds -= step
            if not seconds:
                return said

    def jump(self, broker: float = 0, process: float = 0) -> list[Publish]:
        """A single tick, so many seconds later by the broker's and by the process's clock."""
        self.now += round(broker * 1000)
        self.made += round(process * 1000)
        return fold_tick(self.state, Tick(at=self.made), self.registry, self.now)


def commands(outputs: Sequence[Publish]) -> dict[str, Command]:
    return {o.record.tenant_id: o.record for o in outputs if isinstance(o.record, Command)}


def holds(outputs: Sequence[Publish]) -> list[str]:
    return [o.record.state for o in outputs if isinstance(o.record, Hold)]


def phases(outputs: Sequence[Publish]) -> list[Phase]:
    return [o.record for o in outputs if isinstance(o.record, Phase)]


def leases(outputs: Sequence[Publish]) -> list[Lease]:
    return [o.record for o in outputs if isinstance(o.record, Lease)]
