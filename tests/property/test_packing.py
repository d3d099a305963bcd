"""Arrays come back from bytes bit for bit, and what was never written to costs nothing."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from detectors.packing import Sparse, pack, unpack
from detectors.untouched import own, shared

arrays = hnp.arrays(
    st.sampled_from([np.float64, np.float32, np.float16, np.uint32, np.uint16]),
    hnp.array_shapes(max_dims=3, max_side=40),
    elements=st.sampled_from([0, 1, 2, 7]),
)
_BARE = shared((6, 5), np.float32, np.inf), shared(7, np.uint32), shared((3, 4), np.uint16, 2)


@given(arrays)
def test_an_array_comes_back_bit_for_bit(array: np.ndarray) -> None:
    back = unpack(pack(array))
    assert back.dtype == array.dtype
    assert back.tobytes() == array.tobytes()
    assert back.shape == array.shape


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 100), st.integers(0, 9)), max_size=9))
def test_what_differs_from_untouched_arrays_comes_back(
    written: list[tuple[int, int, int]],
) -> None:
    arrays = [array.copy() for array in _BARE]
    for which, place, value in written:
        flat = arrays[which].reshape(-1)
        flat[place % flat.size] = value
    raw = Sparse(*_BARE).pack(arrays)
    back = Sparse(*_BARE).unpack(raw)
    for one, two in zip(back, arrays, strict=True):
        assert one.dtype == two.dtype
        assert one.tobytes() == two.tobytes()
    untouched = all(a.tobytes() == b.tobytes() for a, b in zip(arrays, _BARE, strict=True))
    assert (raw == b"") == untouched


def test_a_shared_array_refuses_to_be_written_to_until_it_is_owned() -> None:
    class Holder:
        some: np.ndarray[Any, Any] = shared(3)

    holder, other = Holder(), Holder()
    with pytest.raises(ValueError, match="read-only"):
        holder.some[0] = 1.0
    own(holder, ("some",))
    holder.some[0] = 1.0
    assert other.some.tolist() == [0.0, 0.0, 0.0]
