"""A backtest from its source to its comparisons."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from schemas import Signal
from streams.backtest.arms import Arms, Pair, Shared
from streams.backtest.errors import BacktestError
from streams.backtest.judging import Judging, Subject
from streams.backtest.known import Known, Stamps
from streams.backtest.labels import overlapping, pairs, twin
from streams.backtest.lines import Line, Reading
from streams.backtest.measuring import Key, Label, Measuring, Traffic
from streams.backtest.reader import Reader
from streams.embedding.static import StaticEmbedder

__all__ = ["Comparison", "Progress", "Request", "Result", "run"]

Way = Literal["in time", "side by side", "in pairs"]
Source = Callable[[Reading], Iterator[Line]]
Progress = Callable[[str, int, int, Reading], None]
"""Stage, events done, events known of, what became of the lines."""
BREATH: Final = 250
_NO_TWIN: Final = "No prompt was answered under both labels; compare them with --concurrent."
_NONE_SAID: Final = "No event says its prompt (prompt, prompt_hash), so none can be paired."


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is to be compared, and how.

    Args:
        source: Gives the lines in the order of time; called again where one pass is not enough.
        again: Whether it can be called again: standard input cannot.
        known: Registry.
        way: `watch`: in time only; `concurrent`: labels as arms only; `paired`: answers to the
            same prompt as pairs; None: in time, and as arms
            too if labels turn out to serve side by side.
        baseline: Label of the baseline arm; None: the first met.
        candidate: Label of the candidate arm; None: the next met.
        seed: Of the order in which arms are merged.
        exact: Tell everything that live tells.
        static: Whether answers are embedded.
    """

    source: Source
    again: bool = True
    known: Known = field(default_factory=Known)
    way: Literal["watch", "concurrent", "paired"] | None = None
    baseline: str | None = None
    candidate: str | None = None
    seed: int = 1
    exact: bool = False
    static: bool = True


@dataclass(slots=True)
class Comparison:
    """Everything compared in one way."""

    way: Way
    known: Known
    subjects: list[Subject]
    traffic: Mapping[Key, Traffic]
    pairs: Mapping[str, Pair] = field(default_factory=dict)
    labels: Mapping[str, Mapping[str, Label]] = field(default_factory=dict)
    shared: Mapping[Key, Shared] = field(default_factory=dict)
    unknown: Mapping[str, int] = field(default_factory=dict)
    """Events of phases that nobody tells of."""


@dataclass(slots=True)
class Result:
    """What a backtest found.

    Args:
        comparisons: The first is what was asked for; the last says more about labels.
        reading: What became of the lines.
        events: Folded in, of the last pass.
        cpu_seconds: Of one core, of that pass.
        judging_seconds: Of them for scores and decisions, which live other roles make.
        stopped: Whether a person stopped it on the way.
    """

    comparisons: list[Comparison] = field(default_factory=list)
    reading: Reading = field(default_factory=Reading)
    events: int = 0
    cpu_seconds: float = 0.0
    judging_seconds: float = 0.0
    stopped: bool = False
    live_us: float | None = None
    """CPU of an event in live measure's own path, timed on the first lines of the same record."""
    overlapping: bool = False
    """Whether labels served side by side."""


def run(request: Request, progress: Progress = lambda *_: None) -> Result:
    """Fold a record of traffic in; return what would have been found.

    Ctrl-C ends it early, with what there was so far.

    Raises:
        UnreadableFileError: A file cannot be opened.
        BacktestError: The labels asked for are not there.
    """
    result, reader = Result(), Reader(StaticEmbedder() if request.static else None)
    if request.way in ("concurrent", "paired"):
        _arms(request, reader, result, progress)
        return result
    stamps = Stamps(request.known.phases)
    measuring = _in_time(request, reader, result, progress, stamps, final=not request.again)
    if measuring.unknown and request.again and not result.stopped:
        rebuilt = stamps.phases()
        request.known.phases.update(rebuilt)
        request.known.rebuilt.extend(rebuilt)
        result.comparisons.clear()
        measuring = _in_time(request, reader, result, progress, stamps, final=True)
    result.overlapping = overlapping(measuring.traffic)
    if result.overlapping and request.way is None and request.again and not result.stopped:
        _arms(request, reader, result, progress)
    return result


def _in_time(
    request: Request,
    reader: Reader,
    result: Result,
    progress: Progress,
    stamps: Stamps,
    final: bool,
) -> Measuring:
    """Fold everything in as it came.

    Unless this pass is the final one, it only reads the stamps from the first event on whose
    phase nobody has told of.
    """
    known, reading = request.known, Reading()
    measuring = Measuring(reader, known.phases, exact=request.exact)
    judging = Judging(known)
    result.reading, begun, count = reading, time.process_time(), 0
    result.judging_seconds = 0.0
    reading.breathe = lambda: progress("Reading", count, reading.lines, reading)
    try:
        for count, (line, seen) in enumerate(reader.glances(request.source(reading)), 1):
            if seen is None:
                continue
            if seen.stamp is not None:
                stamps.meet(seen)
                judging.tick(seen.at)
            folds = final or not measuring.unknown
            if folds and (signals := measuring.fold(seen, line)):
                _hear(result, judging, signals)
            if count % BREATH == 0:
                progress("Folding" if folds else "Reading", count, reading.lines, reading)
    except KeyboardInterrupt:
        result.stopped = True
    _hear(result, judging, measuring.close())
    result.events, result.cpu_seconds = count, time.process_time() - begun
    result.comparisons.append(
        Comparison(
            "in time",
            known,
            list(judging.subjects.values()),
            measuring.traffic,
            unknown=measuring.unknown,
        )
    )
    return measuring


def _arms(request: Request, reader: Reader, result: Result, progress: Progress) -> None:
    """Fold two labels of each agent in as arms."""
    reading, arms = Reading(), Arms(request.seed)
    result.reading, begun = reading, time.process_time()
    result.judging_seconds = 0.0
    count = 0
    reading.breathe = lambda: progress("Reading", count, reading.lines, reading)
    try:
        for count, (line, seen) in enumerate(reader.glances(request.source(reading)), 1):
            if seen is not None and arms.take(seen, twin(line)):
                reader.read(line, seen)
            if count % BREATH == 0:
                progress("Reading", count, reading.lines, reading)
    except KeyboardInterrupt:
        result.stopped = True
    labels = arms.labels()
    chosen = _chosen(request, labels, result)
    shared = arms.shared(chosen)
    phases = arms.phases(chosen, request.known)
    known = Known(
        request.known.tenants,
        request.known.policies,
        {one.phase_id: one for one in phases.values()},
        request.known.bundles,
    )
    measuring, judging = (
        Measuring(reader, known.phases, exact=request.exact),
        Judging(known, watches=False),
    )
    done, paired = 0, request.way == "paired"
    if paired and not any(one.both for one in shared.values()):
        raise BacktestError(_NONE_SAID if not any(one.all for one in shared.values()) else _NO_TWIN)
    try:
        drawn = arms.in_pairs(phases) if paired else arms.side_by_side(phases)
        for done, seen in enumerate(drawn, 1):
            signals = measuring.fold(seen)
            if signals:
                _hear(result, judging, signals)
            if done % BREATH == 0:
                progress("Comparing", done, count, reading)
    except KeyboardInterrupt:
        result.stopped = True
    _hear(result, judging, measuring.close())
    result.events, result.cpu_seconds = count, time.process_time() - begun
    result.comparisons.append(
        Comparison(
            "in pairs" if paired else "side by side",
            known,
            list(judging.subjects.values()),
            arms.traffic,
            pairs=chosen,
            labels=labels,
            shared=shared,
        )
    )


def _chosen(
    request: Request, labels: Mapping[str, Mapping[str, Label]], result: Result
) -> dict[str, Pair]:
    """Return the labels to compare, by agent; what a person stopped may lack one."""
    try:
        return pairs(labels, request.baseline, request.candidate)
    except BacktestError as error:
        if not result.stopped:
            raise
        message = "Stopped before two labels had been read; nothing was compared."
        raise BacktestError(message) from error


def _hear(result: Result, judging: Judging, signals: list[Signal]) -> None:
    """Score signals and decide on them; the time is not measure's."""
    begun = time.process_time()
    for signal in signals:
        judging.hear(signal)
    result.judging_seconds += time.process_time() - begun
