"""The filter of units as its bits say, one after the other."""

from struct import unpack

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.compare.units import Slices, Units, unit_digest


class Plain:
    """The filter, place by place."""

    def __init__(self, limit: int) -> None:
        self.doubling = (limit // 512 + 1).bit_length() - 1
        self.slices: list[bytearray] = []
        self.counts: list[int] = []

    def add(self, digest: bytes) -> bool:
        if self.holds(digest):
            return False
        thinned = max(len(self.slices) - self.doubling, 0)
        if thinned and digest[-1] & ((1 << thinned) - 1):
            return False
        crowded = not self.slices or self.counts[-1] * 10 >= 8 * len(self.slices[-1])
        if crowded and thinned < 8:
            self.slices.append(bytearray(512 << min(len(self.slices), self.doubling - 1)))
            self.counts.append(0)
        for place in self.places(digest, self.slices[-1]):
            self.slices[-1][place // 8] |= 1 << place % 8
        self.counts[-1] += 1
        return True

    def holds(self, digest: bytes) -> bool:
        return any(
            all(bits[place // 8] >> place % 8 & 1 for place in self.places(digest, bits))
            for bits in self.slices
        )

    def places(self, digest: bytes, bits: bytearray) -> list[int]:
        start, step = unpack("<I4xI4x", digest)
        return [(start + k * (step | 1)) % (8 * len(bits)) for k in range(6)]


@settings(deadline=None, max_examples=30)
@given(
    st.sampled_from([512, 1024, 1536, 3584]), st.integers(1, 6000), st.lists(st.integers(0, 7000))
)
def test_it_holds_what_its_bits_say(limit: int, number: int, asked: list[int]) -> None:
    units, plain = Units(limit), Plain(limit)
    for i in range(number):
        digest = unit_digest(str(i))
        assert units.add(digest) == plain.add(digest)
    assert list(units.slices) == plain.slices
    assert units.counts == plain.counts
    again = Units(limit, Slices(units.slices), list(units.counts))
    for digest in (unit_digest(str(i)) for i in asked):
        assert units.holds(digest) == plain.holds(digest)
        assert again.add(digest) == units.add(digest) == plain.add(digest)
    assert list(again.slices) == list(units.slices) == plain.slices


@pytest.mark.parametrize("sizes", [[511], [0], [1024], [512, 512], [512], [512, 1024, 2048]])
def test_slices_of_other_sizes_are_refused(sizes: list[int]) -> None:
    Units(512, Slices([bytes(512)] * 3), [1, 2, 3])
    with pytest.raises(ValueError, match=str(sizes[0])):
        Units(3584, Slices(map(bytes, sizes)), [0, 0])


@given(st.binary(min_size=16, max_size=16))
def test_any_digest_is_new_once(digest: bytes) -> None:
    units = Units()
    assert not units.holds(digest)
    assert units.add(digest)
    assert units.holds(digest)
    assert not units.add(digest)
