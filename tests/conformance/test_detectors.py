"""What every detector must do, written once: River's two, the e-process, the watch."""

from abc import ABC, abstractmethod

import numpy as np
import pytest

from detectors.compare.baseline import Watch
from detectors.compare.watch_readings import readings
from detectors.compare.watch_state import dumps as watch_dumps
from detectors.compare.watch_state import loads as watch_loads
from detectors.errors import DetectorError, NonFiniteValueError, finite
from detectors.evidence.wealth import grow, wealth
from detectors.metrics import INDEX, SIZE
from detectors.river import Drift, dumps, loads

SHIFTS = np.array([-1.2, -0.5, -0.2, 0.2, 0.5, 1.2])


class Detector(ABC):
    """One stream of standard normal values in control; how loud it is, and its saved state."""

    loud: float

    @abstractmethod
    def update(self, z: float) -> None: ...

    @abstractmethod
    def level(self) -> float: ...

    @abstractmethod
    def again(self) -> "Detector": ...


class Adwin(Detector):
    loud = 1.0

    def __init__(self) -> None:
        self.drift = Drift()

    def update(self, z: float) -> None:
        self.drift.update(z)

    def level(self) -> float:
        return float(self.drift.adwin)

    def again(self) -> "Detector":
        fresh = type(self)()
        (held,) = loads(dumps([self.drift]))
        assert isinstance(held, Drift)
        fresh.drift = held
        return fresh


class PageHinkley(Adwin):
    def level(self) -> float:
        return float(self.drift.page_hinkley)


class EProcess(Detector):
    """The wealth of six likelihood-ratio bets on a shift, in decades."""

    loud = 4.0

    def __init__(self) -> None:
        self.log_e, self.log_r = np.zeros((1, 6)), np.full((1, 6), -np.inf)
        self.count = np.zeros(1)

    def update(self, z: float) -> None:
        gain = finite(z) * SHIFTS - SHIFTS**2 / 2
        after = self.count + 1
        self.log_e, self.log_r = grow(self.log_e, self.log_r, gain[None], self.count, after)
        self.count = after

    def level(self) -> float:
        weights = np.full((1, 6), 1 / 6)
        return float(np.log10(wealth(self.log_e, self.log_r, self.count, weights)[0]))

    def again(self) -> "Detector":
        fresh = EProcess()
        for name in ("log_e", "log_r", "count"):
            held: np.ndarray = getattr(self, name)
            setattr(fresh, name, np.frombuffer(held.tobytes()).reshape(held.shape))
        return fresh


class Watched(Detector):
    loud = 4.0

    def __init__(self) -> None:
        self.watch = Watch("conformance")

    def update(self, z: float) -> None:
        values = np.full(SIZE, np.nan)
        values[INDEX["latency_ms"]] = 100 * np.exp(z) if np.isfinite(z) else np.inf
        self.watch.step("ask|1", values, 0)

    def level(self) -> float:
        return max([0.0, *(reading.display for reading in readings(self.watch))])

    def again(self) -> "Detector":
        fresh = Watched()
        fresh.watch = watch_loads(watch_dumps(self.watch))
        return fresh


every = pytest.mark.parametrize("kind", [Adwin, PageHinkley, EProcess, Watched])


def feed(detector: Detector, values: np.ndarray) -> list[float]:
    levels = []
    for value in values.tolist():
        detector.update(value)
        levels.append(detector.level())
    return levels


@every
class TestEveryDetector:
    def test_quiet_on_a_constant(self, kind: type[Detector]) -> None:
        assert max(feed(kind(), np.zeros(400))) < 2.0 + (kind().loud == 1.0) * -1.5

    def test_quiet_in_control_then_loud_on_a_step(self, kind: type[Detector]) -> None:
        rng = np.random.default_rng(11)
        detector = kind()
        assert max(feed(detector, rng.normal(size=1500))) < detector.loud
        assert max(feed(detector, rng.normal(1.2, 1.0, size=200))) >= detector.loud

    def test_a_restart_from_saved_state_changes_nothing(self, kind: type[Detector]) -> None:
        rng = np.random.default_rng(12)
        values = np.concatenate([rng.normal(size=300), rng.normal(1.0, 1.0, size=200)])
        whole = feed(kind(), values)
        for cut in (0, 1, 30, 31, 299, 380):
            detector = kind()
            first = feed(detector, values[:cut])
            assert first + feed(detector.again(), values[cut:]) == whole

    @pytest.mark.parametrize("value", [float("inf"), -float("inf")])
    def test_refuses_what_is_not_finite_and_does_not_go_deaf(
        self, kind: type[Detector], value: float
    ) -> None:
        rng = np.random.default_rng(13)
        refused, plain = kind(), kind()
        calm, step = rng.normal(size=500), rng.normal(1.5, 1.0, size=150)
        assert feed(refused, calm) == feed(plain, calm)
        with pytest.raises(NonFiniteValueError):
            refused.update(value)
        loud = feed(refused, step)
        assert loud == feed(plain, step)
        assert max(loud) >= refused.loud


@pytest.mark.parametrize("kind", [Adwin, PageHinkley, EProcess])
def test_not_a_number_is_refused(kind: type[Detector]) -> None:
    with pytest.raises(DetectorError):
        kind().update(float("nan"))


def test_to_the_watch_not_a_number_is_an_absent_metric() -> None:
    watch = Watch()
    watch.step("ask|1", np.full(SIZE, np.nan), 0)
    assert readings(watch) == []
