"""The filter of units: never forgets, bounded, mostly right."""

from detectors.compare.units import Units, unit_digest


def test_never_forgets_and_is_mostly_right() -> None:
    units = Units()
    new = [units.add(unit_digest(f"unit-{i}")) for i in range(20_000)]
    assert not any(units.add(unit_digest(f"unit-{i}")) for i in range(20_000))
    assert sum(new) > 19_200


def test_says_when_not_every_unit_is_taken_any_more() -> None:
    units = Units(limit=3_584)
    for i in range(2_800):
        assert not units.full
        units.add(unit_digest(str(i)))
    for i in range(2_800, 3_200):
        units.add(unit_digest(str(i)))
    assert units.full


def test_however_many_come_some_are_taken_and_none_twice() -> None:
    units = Units(limit=3_584)
    taken = [i for i in range(200_000) if units.add(unit_digest(str(i)))]
    latest = [i for i in taken if i >= 150_000]
    assert 300 < len(latest) < 3_000, "a share of late ones, not all"
    assert not any(units.add(unit_digest(str(i))) for i in taken)
    assert sum(map(len, units.slices)) <= 3_584 + 8 * 2_048


def test_what_is_left_out_rests_on_the_unit_alone() -> None:
    units = Units(limit=512)
    for i in range(3_000):
        units.add(unit_digest(str(i)))
    assert units.thinned >= 2
    spared = [units.spares(unit_digest(f"later-{i}")) for i in range(4_000)]
    assert abs(sum(spared) / 4_000 - (1 - 0.5**units.thinned)) < 0.03


def test_names_are_kept_apart() -> None:
    assert unit_digest("a", "bc") != unit_digest("ab", "c")
