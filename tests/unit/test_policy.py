import pytest

from control.phases import controls, margins
from control.policy import Handling, handling, too_many
from schemas import Policy, Stakes, Tenant, Tier
from tests.unit.control_world import World, commands, holds, tenant


@pytest.mark.parametrize(
    ("weight", "m"), [(0.02, 19), (0.05, 19), (0.1, 9), (0.25, 3), (0.5, 1), (0.75, 3), (0.98, 19)]
)
def test_controls_per_unit_of_the_rarer_arm(weight: float, m: int) -> None:
    assert controls(weight) == m


def test_margins_of_a_tenant_lie_over_the_policys() -> None:
    policy, own = Policy(margins={"refused": 1.5, "error": 2}), {"refused": 1.2, "cost_usd": 1.1}
    assert margins(policy, Tenant(tenant_id="t", margins=own)) == {"error": 2, **own}


@pytest.mark.parametrize(
    ("stakes", "approval", "expected"),
    [
        ("alert-and-continue", False, "continue"),
        ("alert-and-continue", True, "continue"),
        ("shadow-and-hold", False, "revert-and-pause"),
        ("shadow-and-hold", True, "ask"),
        ("hard-pin-and-escalate", False, "revert"),
        ("hard-pin-and-escalate", True, "ask"),
    ],
)
def test_stakes_and_approval(stakes: Stakes, approval: bool, expected: Handling) -> None:
    policy = Policy(approval=["gold"] if approval else [])
    assert handling(Tenant(tenant_id="t", stakes=stakes), policy) == expected


@pytest.mark.parametrize(
    ("reverted", "joined", "expected"), [(1, 1, False), (2, 4, False), (2, 3, True), (3, 4, True)]
)
def test_share_of_tenants(reverted: int, joined: int, expected: bool) -> None:
    assert too_many(reverted, joined, Policy(reverts_share=0.5)) is expected


@pytest.mark.parametrize(
    ("tier", "action", "reverted"),
    [
        ("platinum", 49.9, False), ("platinum", 50.0, True),
        ("gold", 66.5, False), ("gold", 66.6, True),
        ("free", 83.2, False), ("free", 83.3, True),
    ],
)  # fmt: skip
def test_a_tier_has_its_threshold(tier: Tier, action: float, reverted: bool) -> None:
    world = World([tenant("t0", tier=tier), tenant("t1")]).began()
    assert bool(commands(world.alert(tenant_id="t0", action=action))) is reverted


@pytest.mark.parametrize(
    ("scope", "pause", "paused"),
    [(None, 33.2, False), (None, 33.3, True), ("t0", 66.5, False), ("t0", 66.6, True)],
)
def test_pause_has_its_thresholds(scope: str | None, pause: float, paused: bool) -> None:
    world = World([tenant("t0"), tenant("t1")]).began()
    assert holds(world.alert(tenant_id=scope, pause=pause)) == (["paused"] if paused else [])


def test_fleet_halts_at_its_threshold_only() -> None:
    world = World([tenant("t0"), tenant("t1")]).began()
    assert not commands(world.alert(action=99.9))
    outputs = world.alert(action=100)
    assert holds(outputs) == ["halted"]
    assert {c.action for c in commands(outputs).values()} == {"halt"}
