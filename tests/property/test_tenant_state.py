"""The state of a tenant: split anywhere, nothing shows."""

from dataclasses import replace
from functools import partial
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.errors import StateError
from detectors.monitor import Seen, TenantAgent, dumps, fresh, loads
from detectors.packing import pack, unpack
from detectors.surroundings import VARIABLES, Circumstances
from schemas import Accept
from tests.tenant_world import event, outcome, phase, run

WORD = Accept(
    accept_id="a", request_id="q", tenant_id="tenant", agent_id="agent", person="ann",
    reason="so it is", at=1,
)  # fmt: skip
PHASES = {"p1": phase(), "p2": phase("p2", opened_at=9, weight=0.5)}


def around(labels: dict[str, str]) -> Circumstances:
    return tuple(labels.get(variable.name) for variable in VARIABLES)


def stream() -> list[Seen]:
    rng = np.random.default_rng(7)
    seens: list[Seen] = []
    for i in range(400):
        candidate = bool(rng.random() < 0.3)
        seen = event(
            i, rng, candidate, phase_id="p1" if i < 250 else "p2", unit_id=f"u{i // 2 * 2}",
            static=rng.normal(size=16).astype(np.float32), embedder="model", at=1000 + 300 * i,
            transformer=rng.normal(size=24).astype(np.float32) if i % 5 == 0 else None,
        )  # fmt: skip
        if i > 350 or i < 60:
            seen = event(i, rng, stamp=None, bundle_id="old" if i < 60 else "new", at=seen.at)
        labels: dict[str, str] = {
            "model_served": "m1" if i < 300 else "m2",
            "task": f"task-{i % 2}",
        }
        seen.context = partial(around, labels)
        seens.append(seen)
        if i in (55, 390):
            seens.append(replace(seen, accept=WORD, stamp=None))
        if i % 7 == 0:
            seens.append(outcome(i, "feedback_bad", float(i % 2), at=seen.at))
    return seens


def unbroken() -> tuple[bytes, list[str]]:
    state = fresh()
    _, signals = run(state, stream(), PHASES)
    return dumps(state), [signal.model_dump_json() for signal in signals]


WHOLE = unbroken()


@settings(max_examples=12, deadline=None)
@given(st.lists(st.integers(0, 440), max_size=3))
def test_split_anywhere_gives_the_same_signals_and_bytes(cuts: list[int]) -> None:
    state, said = fresh(), []
    edges = [0, *sorted(cuts), 1000]
    seens = stream()
    for start, end in pairwise(edges):
        raw = dumps(state)
        state = loads(raw)
        assert dumps(state) == raw
        _, signals = run(state, seens[start:end], PHASES)
        said += [signal.model_dump_json() for signal in signals]
    assert (dumps(state), said) == WHOLE
    assert len(said) > 10


def test_state_fits_its_budget() -> None:
    rng = np.random.default_rng(8)
    for strata, limit in ((4, 46_000), (20, 65_536)):
        state: TenantAgent = fresh()
        seens = [
            event(i, rng, bool(rng.random() < 0.25), stratum=f"task-{i % strata}|1",
                  static=rng.normal(size=256).astype(np.float32), embedder="model")
            for i in range(3000)
        ]  # fmt: skip
        run(state, seens, PHASES)
        assert len(dumps(state)) < limit


@pytest.mark.parametrize("raw", [b"", b"\x01", b"\x01" + WHOLE[0][1:], WHOLE[0][:-9]])
def test_damaged_bytes_are_refused(raw: bytes) -> None:
    with pytest.raises(StateError, match="replay its topic"):
        loads(raw)


@given(
    st.lists(st.sampled_from([0.0, -0.0, np.nan, np.inf, -np.inf, 1.5]), min_size=24, max_size=24)
)
def test_arrays_survive_bit_for_bit(values: list[float]) -> None:
    array = np.array(values).reshape(12, 2)
    assert unpack(pack(array)).tobytes() == array.tobytes()


def test_the_present_may_be_accepted_before_anything_was_compared() -> None:
    seen = event(0, np.random.default_rng(0), stamp=None)
    state = fresh()
    folded, _ = run(state, [seen, replace(seen, accept=WORD)], {})
    assert [one.counted for one in folded] == ["watch", "accepted"]
    assert dumps(loads(dumps(state))) == dumps(state)
