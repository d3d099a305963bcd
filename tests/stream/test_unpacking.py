"""LZ4 batches: what aiokafka would unpack comes out, whatever its size, and nothing else does."""

import subprocess
import sys
import threading

import pytest
from aiokafka.codec import lz4_decode, lz4_encode
from aiokafka.errors import CorruptRecordException
from hypothesis import given
from hypothesis import strategies as st

from streams.kafka.unpacking import install, unpack

LONG = bytes(range(256)) * 4_000 + b"\0" * 2_000_000
"""Several times what is unpacked at once, both what packs badly and what packs well."""


@given(st.binary(max_size=5_000), st.integers(1, 50))
def test_it_unpacks_what_aiokafka_unpacks(some: bytes, times: int) -> None:
    packed = lz4_encode(some * times)
    assert unpack(packed) == lz4_decode(packed) == some * times


def test_a_batch_larger_than_the_buffer_comes_whole() -> None:
    assert unpack(lz4_encode(LONG)) == LONG


@pytest.mark.parametrize("cut", [1, 7, 20, 5_000])
def test_a_frame_that_is_cut_off_is_an_error_and_the_next_is_unpacked(cut: int) -> None:
    with pytest.raises(CorruptRecordException, match="cut off"):
        unpack(lz4_encode(LONG)[:-cut])
    assert unpack(lz4_encode(b"next")) == b"next"


@pytest.mark.parametrize("packed", [b"", b"none", b"\0" * 40])
def test_what_is_no_frame_is_an_error_and_the_next_is_unpacked(packed: bytes) -> None:
    with pytest.raises(CorruptRecordException):
        unpack(packed)
    assert unpack(lz4_encode(b"next")) == b"next"


def test_threads_do_not_disturb_one_another() -> None:
    texts = [bytes([65 + n]) * (300_000 + n) for n in range(4)]
    wrong = list[int]()

    def many(n: int) -> None:
        packed = lz4_encode(texts[n])
        wrong.extend(n for _ in range(50) if unpack(packed) != texts[n])

    threads = [threading.Thread(target=many, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


READ = """
from aiokafka.record.default_records import DefaultRecordBatch, DefaultRecordBatchBuilder
from streams.kafka import unpacking
made = DefaultRecordBatchBuilder(2, 3, 0, -1, -1, 0, 100_000)
made.append(0, timestamp=1, key=b"key", value=b"value" * 100, headers=[])
packed = made.build()
assert unpacking.install()
unpacked, own = [], unpacking._Unpacker.fill
unpacking._Unpacker.fill = lambda self, packed: unpacked.append(packed) or own(self, packed)
print(*(record.value == b"value" * 100 for record in DefaultRecordBatch(packed)), len(unpacked))
"""


@pytest.mark.parametrize("pure", ["", "1"])
def test_aiokafka_unpacks_this_way_in_c_and_in_python(pure: str) -> None:
    """Its readers keep a name of their own for what unpacks: a new version may keep another."""
    read = subprocess.run(
        [sys.executable, "-c", READ], env={"AIOKAFKA_NO_EXTENSIONS": pure},
        capture_output=True, check=True,
    )  # fmt: skip
    assert read.stdout.decode().split() == ["True", "1"]


def test_it_is_installed_where_tests_run() -> None:
    assert install()
