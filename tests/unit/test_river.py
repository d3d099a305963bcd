import zlib

import msgspec
import numpy as np
import pytest
from river.__version__ import __version__

from detectors.errors import NonFiniteValueError, RewarmError
from detectors.river import Drift, Rolling, dumps, loads


def fed(n: int = 500) -> tuple[Drift, Rolling]:
    drift, rolling = Drift(), Rolling()
    for value in np.random.default_rng(3).normal(size=n).tolist():
        drift.update(value)
        rolling.update(value)
    return drift, rolling


def test_rolling_statistics_agree_with_numpy() -> None:
    values = np.random.default_rng(4).gamma(2.0, 50.0, size=3000)
    rolling = Rolling()
    for value in values.tolist():
        rolling.update(value)
    assert rolling.mean == pytest.approx(values.mean())
    assert rolling.variance == pytest.approx(values.var(ddof=1))
    assert rolling.p50 == pytest.approx(np.median(values), rel=0.05)
    assert rolling.p95 == pytest.approx(np.quantile(values, 0.95), rel=0.05)
    assert rolling.recent == pytest.approx(values[-200:].mean(), rel=0.2)
    assert rolling.recent_variance == pytest.approx(values.var(), rel=0.6)


def test_before_the_first_value_all_is_zero() -> None:
    rolling = Rolling()
    assert rolling.mean == rolling.variance == rolling.recent == rolling.p50 == rolling.p95 == 0.0


def test_alarms_are_counted_although_river_clears_its_flag() -> None:
    drift, _ = fed()
    alarmed = [drift.update(2.0) for _ in range(100)]
    assert any(alarmed)
    assert not alarmed[-1]
    assert drift.adwin >= 1
    assert drift.page_hinkley >= 1
    assert drift.statistic < 23.2


def test_the_variance_of_the_window_is_normalised() -> None:
    drift, _ = fed(3000)
    assert drift.width > 1000
    assert drift.spread == pytest.approx(1.0, abs=0.15)


def test_both_directions_alarm() -> None:
    for sign in (-1.0, 1.0):
        drift, _ = fed()
        for _ in range(100):
            drift.update(2.0 * sign)
        assert drift.page_hinkley >= 1


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_refused_value_leaves_no_trace(value: float) -> None:
    drift, rolling = fed()
    before = dumps([drift, rolling])
    with pytest.raises(NonFiniteValueError):
        drift.update(value)
    with pytest.raises(NonFiniteValueError):
        rolling.update(value)
    assert dumps([drift, rolling]) == before


def test_saved_statistics_go_on_as_if_nothing_had_happened() -> None:
    for n in (0, 1, 4, 5, 6, 500):
        drift, rolling = fed(n)
        held, kept = loads(dumps([drift, rolling]))
        assert isinstance(held, Drift)
        assert isinstance(kept, Rolling)
        for value in np.random.default_rng(5).normal(0.5, 1.0, size=200).tolist():
            assert drift.update(value) == held.update(value)
            rolling.update(value)
            kept.update(value)
        assert dumps([held, kept]) == dumps([drift, rolling])
        assert (kept.p95, kept.recent, kept.variance) == (
            rolling.p95,
            rolling.recent,
            rolling.variance,
        )


def test_every_damaged_byte_is_noticed_before_anything_is_loaded() -> None:
    raw = bytearray(dumps([Drift()]))
    for i in range(len(raw)):
        raw[i] ^= 0xFF
        with pytest.raises(RewarmError, match="checksum"):
            loads(bytes(raw))
        raw[i] ^= 0xFF
    for short in (b"", b"abc", bytes(raw[:-1])):
        with pytest.raises(RewarmError):
            loads(short)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (["0.1.0", []], "River 0.1.0 wrote it"),
        (["same", [["os.system", []]]], "unknown kind"),
        ({"not": "ours"}, "not written by dumps"),
    ],
)
def test_another_version_or_class_asks_for_a_fresh_start(body: object, why: str) -> None:
    if isinstance(body, list) and body[0] == "same":
        body = [__version__, *body[1:]]
    raw = msgspec.msgpack.encode(body)
    with pytest.raises(RewarmError, match=why):
        loads(zlib.crc32(raw).to_bytes(4, "big") + raw)


def test_states_stay_small() -> None:
    drift, rolling = fed(5000)
    assert len(dumps([drift])) < 1700
    assert len(dumps([rolling])) < 600
