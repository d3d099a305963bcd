"""Fleets with a known truth, as events: for the demo, benchmarks and tests."""

from simulation.behaviour import Effects, Scenario, World, bad, good, single
from simulation.draws import Draws
from simulation.fleet import Fleet
from simulation.sessions import Call, Sessions
from simulation.tenants import Traits, make_tenants
from simulation.texts import Texts

__all__ = [
    "Call",
    "Draws",
    "Effects",
    "Fleet",
    "Scenario",
    "Sessions",
    "Texts",
    "Traits",
    "World",
    "bad",
    "good",
    "make_tenants",
    "single",
]
