"""River behind the house interface; the only module that imports River.

What River forgets to say: one NaN silences ADWIN and PageHinkley for ever, so values are
checked first; the alarm flag is cleared by the next update, so alarms are counted here;
`ADWIN.variance` is not divided by its width; a Rust object loaded from damaged bytes panics
past `except Exception`, so the checksum is verified before anything is loaded.
"""

import zlib
from array import array
from collections.abc import Callable, Sequence
from math import isfinite
from typing import Any

import msgspec
from river.__version__ import __version__ as _version
from river.drift import ADWIN, PageHinkley
from river.stats import EWMean, EWVar, Quantile

from detectors.errors import RewarmError, finite

__all__ = ["Drift", "Rolling", "dumps", "loads"]

ADWIN_DELTA, ADWIN_CLOCK = 0.0040, 32
PH_ALPHA, PH_DELTA, PH_THRESHOLD = 1.0, 0.25, 23.2
FADING = 0.02
"""Weight of the newest value in the recent mean: about the last hundred values."""
_WAITING = 64
"""Values that wait to be folded in together, at most."""


class Rolling:
    """Mean, variance and quantiles of one metric, over all values and the recent ones.

    Quantiles by the P-squared algorithm. Source: Jain and Chlamtac (1985), CACM 28(10).
    """

    __slots__ = ("_all", "_mean", "_p50", "_p95", "_square", "_var", "_waiting", "n")

    def __init__(self) -> None:
        self.n = 0
        self._waiting = array("d")
        self._all = self._square = 0.0
        # River's Rust objects without their wrappers, which are three times as large.
        self._mean, self._var = EWMean(FADING)._ewmean, EWVar(FADING)._ewvar
        self._p50, self._p95 = Quantile(0.5)._quantile, Quantile(0.95)._quantile

    def update(self, value: float) -> None:
        """Fold one value in.

        Raises:
            NonFiniteValueError: `value` is NaN or infinite; the statistics are unchanged.
        """
        if not isfinite(value):
            finite(value)
        self.n += 1
        self._waiting.append(value)
        if len(self._waiting) >= _WAITING:
            self._settle()

    def _settle(self) -> None:
        """Fold in what waits; when that is done makes no difference."""
        values = self._waiting.tolist()
        if not values:
            return
        self._waiting = array("d")
        # As River's Var does (Welford's way), without its calls: this runs for every event.
        n, middle, spread = self.n - len(values), self._all, self._square
        for value in values:
            n += 1
            away = value - middle
            middle += (1.0 / n) * away
            spread += away * (value - middle)
        self._all, self._square = middle, spread
        for part in self._rust():
            update = part.update
            for value in values:
                update(value)

    @property
    def mean(self) -> float:
        """Mean of all values, 0 before the first."""
        self._settle()
        return self._all

    @property
    def variance(self) -> float:
        """Variance of all values, 0 before the second."""
        self._settle()
        return self._square / (self.n - 1) if self.n > 1 else 0.0

    @property
    def recent(self) -> float:
        """Exponentially weighted mean, 0 before the first value."""
        self._settle()
        return float(self._mean.get())

    @property
    def recent_variance(self) -> float:
        """Exponentially weighted variance."""
        self._settle()
        return float(self._var.get())

    @property
    def p50(self) -> float:
        """Median, 0 before the first value."""
        self._settle()
        return float(self._p50.get()) if self.n else 0.0

    @property
    def p95(self) -> float:
        """95th percentile, 0 before the first value."""
        self._settle()
        return float(self._p95.get()) if self.n else 0.0

    def _rust(self) -> tuple[Any, ...]:
        return self._mean, self._var, self._p50, self._p95

    def _freeze(self) -> list[Any]:
        self._settle()
        return [self.n, self._all, self._square, *(bytes(p.__getstate__()) for p in self._rust())]

    @classmethod
    def _thaw(cls, frozen: list[Any]) -> "Rolling":
        self = cls()
        self.n, self._all, self._square, *rust = frozen
        for part, state in zip(self._rust(), rust, strict=True):
            part.__setstate__(state)
        return self


class Drift:
    """ADWIN and PageHinkley side by side on standardised values, both two-sided.

    Calibrated on N(0, 1) input to a mean run of 10^6 values between false alarms; feed
    normal scores of ranks, never raw tokens or milliseconds. Each restarts after its alarm.

    Sources: Bifet and Gavalda (2007), SDM 443-448; Page (1954), Biometrika 41:100-115.
    """

    __slots__ = ("_adwin", "_page", "adwin", "page_hinkley", "statistic")

    def __init__(self) -> None:
        self._adwin = ADWIN(delta=ADWIN_DELTA, clock=ADWIN_CLOCK)
        self._page = PageHinkley(alpha=PH_ALPHA, delta=PH_DELTA, threshold=PH_THRESHOLD)
        self.adwin = 0
        """Alarms of ADWIN so far."""
        self.page_hinkley = 0
        """Alarms of PageHinkley so far."""
        self.statistic = 0.0
        """PageHinkley's larger sum after the last value; it alarms above 23.2."""

    def update(self, z: float) -> bool:
        """Fold one standardised value in; True when either detector alarms on it.

        Raises:
            NonFiniteValueError: `z` is NaN or infinite; the detectors are unchanged.
        """
        z = finite(z)
        page, adwin = self._page, self._adwin
        adwin.update(z)
        page.update(z)
        cut, crossed = bool(adwin._drift_detected), bool(page._drift_detected)
        self.adwin += cut
        self.page_hinkley += crossed
        self.statistic = max(
            page._sum_increase - page._min_increase, page._max_decrease - page._sum_decrease
        )
        return cut or crossed

    @property
    def width(self) -> int:
        """Values that ADWIN holds to be of one kind with the last."""
        return int(self._adwin.width)

    @property
    def spread(self) -> float:
        """Variance of the values in ADWIN's window."""
        return float(self._adwin.variance) / self.width if self.width else 0.0

    def _freeze(self) -> list[Any]:
        page = self._page
        sums = [page._sum_increase, page._sum_decrease, page._min_increase, page._max_decrease]
        return [
            self.adwin, self.page_hinkley, self.statistic,
            self._adwin.drift_detected, bytes(self._adwin._helper.__getstate__()),
            page.drift_detected, page._x_mean.n, page._x_mean._mean, sums,
        ]  # fmt: skip

    @classmethod
    def _thaw(cls, frozen: list[Any]) -> "Drift":
        self = cls()
        page = self._page
        (
            self.adwin, self.page_hinkley, self.statistic,
            self._adwin._drift_detected, window,
            page._drift_detected, page._x_mean.n, page._x_mean._mean, sums,
        ) = frozen  # fmt: skip
        self._adwin._helper.__setstate__(window)
        (
            page._sum_increase, page._sum_decrease, page._min_increase, page._max_decrease,
        ) = sums  # fmt: skip
        return self


KINDS: dict[str, type[Rolling] | type[Drift]] = {"rolling": Rolling, "drift": Drift}
"""Everything that `loads` will ever build."""


def dumps(objects: Sequence[Rolling | Drift]) -> bytes:
    """Return the objects as bytes: a CRC-32, then River's version and each one's numbers."""
    kind_of: dict[type, str] = {kind: name for name, kind in KINDS.items()}
    body = msgspec.msgpack.encode([_version, [[kind_of[type(o)], o._freeze()] for o in objects]])
    return zlib.crc32(body).to_bytes(4, "big") + body


def loads(raw: bytes) -> list[Rolling | Drift]:
    """Return what `dumps` was given; updates go on as if nothing had happened.

    Raises:
        RewarmError: The bytes are damaged, of another version of River, or not from `dumps`.
    """
    if zlib.crc32(raw[4:]).to_bytes(4, "big") != raw[:4]:
        why = "checksum"
        raise RewarmError(why)
    try:
        version, rows = msgspec.msgpack.decode(
            raw[4:], type=tuple[str, list[tuple[str, list[Any]]]]
        )
    except msgspec.DecodeError as error:
        why = "not written by dumps"
        raise RewarmError(why) from error
    if version != _version:
        why = f"River {version} wrote it, this is {_version}"
        raise RewarmError(why)
    thaw: list[Callable[[list[Any]], Rolling | Drift]] = []
    for kind, _ in rows:
        if kind not in KINDS:
            why = f"unknown kind {kind!r}"
            raise RewarmError(why)
        thaw.append(KINDS[kind]._thaw)
    return [build(frozen) for build, (_, frozen) in zip(thaw, rows, strict=True)]
