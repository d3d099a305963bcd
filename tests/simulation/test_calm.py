"""A watch of a model that stays as it is stays calm, whatever its tenant's days are like."""

import pytest

from benchmarks.science.histories import CALM, CHANGES
from benchmarks.science.way_calm import SHOWN, loudest, units_until


@pytest.mark.parametrize("name", ["all by day", "nightly batch", "bursts", "days sent as logs"])
def test_a_calm_tenant_is_not_told(name: str) -> None:
    assert loudest(CALM[name], 0, 3)[0] < SHOWN


@pytest.mark.parametrize("name", ["tone", "format broken 1 -> 10 %", "latency x2"])
def test_a_changed_model_is_told_within_the_day(name: str) -> None:
    units = units_until(CALM["all by day"], 0, CHANGES[name])
    assert units is not None
    assert units < 1000
