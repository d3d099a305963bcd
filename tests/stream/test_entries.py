import random

import pytest

from streams.errors import CorruptEntryError
from streams.kafka.entries import Entry, decode, encode, entry_key, split_key


@pytest.mark.parametrize("size", [0, 10, 255, 256, 20_000])
def test_an_entry_comes_back_whole(size: int) -> None:
    entry = Entry({"events": 7, "acks": 1 << 60}, random.Random(size).randbytes(size))
    assert decode(encode(entry)) == entry


def test_what_repeats_is_stored_small() -> None:
    assert len(encode(Entry({}, b"holdfast" * 2_000))) < 500


@pytest.mark.parametrize("size", [10, 5_000])
def test_one_flipped_bit_anywhere_is_found(size: int) -> None:
    raw = encode(Entry({"events": 3}, random.Random(1).randbytes(size)))
    rng = random.Random(2)
    for position in {0, 1, 4, 5, len(raw) - 1, *(rng.randrange(len(raw)) for _ in range(20))}:
        broken = bytearray(raw)
        broken[position] ^= 1 << rng.randrange(2, 8)
        with pytest.raises(CorruptEntryError):
            decode(bytes(broken))


@pytest.mark.parametrize("raw", [b"", b"\x01", b"\x02\x00\x00\x00\x00", b"\x80\x04pickle"])
def test_what_is_no_entry_says_so(raw: bytes) -> None:
    with pytest.raises(CorruptEntryError):
        decode(raw)


def test_a_key_may_live_on_several_partitions() -> None:
    assert entry_key(0, b"router") != entry_key(1, b"router")
    assert split_key(entry_key(513, b"a/b")) == (513, b"a/b")
