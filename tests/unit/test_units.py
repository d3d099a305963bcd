"""The filter of units: never forgets, bounded, mostly right."""

from detectors.compare.units import Units, unit_digest


def test_never_forgets_and_is_mostly_right() -> None:
    units = Units()
    new = [units.add(unit_digest(f"unit-{i}")) for i in range(20_000)]
    assert not any(units.add(unit_digest(f"unit-{i}")) for i in range(20_000))
    assert sum(new) > 19_200


def test_stays_bounded_and_says_when_full() -> None:
    units = Units(limit=3_584)
    assert not units.full
    for i in range(20_000):
        units.add(unit_digest(str(i)))
    assert sum(map(len, units.slices)) <= 3_584
    assert units.full


def test_names_are_kept_apart() -> None:
    assert unit_digest("a", "bc") != unit_digest("ab", "c")
