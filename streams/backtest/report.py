"""The report: what a backtest found, as JSON can hold it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, Final

from schemas import Alert, Units
from streams.backtest.effects import moved
from streams.backtest.figures import beside_live, false_reversions
from streams.backtest.judging import KINDS, LEVELS, Course, Subject
from streams.backtest.known import Known
from streams.backtest.lines import Reading
from streams.backtest.run import Comparison, Result
from streams.backtest.summary import summary
from streams.backtest.verdicts import RANK, Word, of_subject, of_tenant

__all__ = ["as_dict", "headline"]

VERSION: Final = 1
POINTS: Final = 200


def headline(result: Result) -> Comparison | None:
    """Return the comparison that says most: labels side by side where there are such."""
    return result.comparisons[-1] if result.comparisons else None


def as_dict(result: Result, *, known_good: bool = False) -> dict[str, Any]:
    """Return the report.

    Args:
        result: Of the run.
        known_good: Nothing is wrong with this history: what would have gone back is false.
    """
    reading, main = result.reading, headline(result)
    comparisons = [_comparison(one, reading) for one in result.comparisons]
    ours = result.cpu_seconds * 1e6 / max(result.events, 1)
    report: dict[str, Any] = {
        "version": VERSION,
        "verdict": comparisons[-1]["verdict"] if comparisons else "none",
        "summary": comparisons[-1]["summary"] if comparisons else "nothing was compared",
        "stopped_early": result.stopped,
        "labels_side_by_side": result.overlapping,
        "comparisons": comparisons,
        "input": {
            "lines": reading.lines, "events": result.events, "unreadable": reading.bad,
            "unreadable_shown": [one._asdict() for one in reading.shown],
            "broken_files": reading.broken, "out_of_order": reading.disordered,
            "too_late_to_reorder": reading.late,
        },
        "speed": {
            "cpu_seconds": round(result.cpu_seconds, 3),
            "us_per_event": round(ours, 1),
            "events_per_second_per_core": round(result.events / max(result.cpu_seconds, 1e-9)),
            **beside_live(result, ours),
        },
    }  # fmt: skip
    if known_good and main is not None:
        report["known_good"] = false_reversions(main)
    return report


def _comparison(one: Comparison, reading: Reading) -> dict[str, Any]:
    subjects = sorted((_subject(one, s) for s in one.subjects), key=_gravity, reverse=True)
    subjects = [s for s in subjects if s["units"]["candidate"] or s["units"]["baseline"]]
    word: Word = max((s["verdict"] for s in subjects), key=RANK.__getitem__, default="none")
    counted: Counter[str] = Counter()
    for traffic in one.traffic.values():
        counted.update(traffic.counted)
    return {
        "way": one.way, "verdict": word, "summary": summary(one, subjects, word, reading),
        "subjects": subjects, "counted": dict(counted),
        "tenants_and_agents": [
            {
                "tenant": tenant, "agent": agent, "from": _time(t.first_at), "to": _time(t.last_at),
                "labels": {name: label.events for name, label in t.labels.items()},
            }
            for (tenant, agent), t in list(one.traffic.items())[:1000]
        ],
        "labels": {
            agent: {"baseline": pair[0], "candidate": pair[1],
                    "left_out": [x for x in one.labels.get(agent, {}) if x not in pair]}
            for agent, pair in one.pairs.items()
        },
        "prompts": {
            "under_both_labels": sum(s.both for s in one.shared.values()),
            "in_all": sum(s.all for s in one.shared.values()),
        },
        "phases_from_stamps": list(one.known.rebuilt),
        "events_of_unknown_phases": dict(one.unknown),
    }  # fmt: skip


def _gravity(subject: dict[str, Any]) -> tuple[int, float]:
    return RANK[subject["verdict"]], subject["highest"]["display"]


def _subject(comparison: Comparison, subject: Subject) -> dict[str, Any]:
    known, verdict = comparison.known, of_subject(subject, comparison.known)
    alone = len(subject.tenants) == 1
    main = next(iter(subject.tenants.values())) if alone else subject.fleet
    last = main.last
    baseline, candidate = _names(comparison, subject)
    loudest, timed = main.loudest or last, comparison.way == "in time"
    return {
        "kind": subject.kind, "agent": subject.agent_id, "subject": subject.name,
        "baseline": baseline, "candidate": candidate,
        "title": _title(subject, baseline, candidate, comparison.way), "verdict": verdict.word,
        "text": verdict.text,
        "units": last.units.model_dump(include={"baseline", "candidate"}) if last else
        {"baseline": 0, "candidate": 0},
        "fewest": _fewest(subject, last),
        "highest": _rounded(main.highest), "units_at": _crossed(main),
        "scores": {kind: getattr(last.scores, kind) for kind in KINDS} if last else {},
        "course": _course(main, timed), "moved": [_tidy(asdict(one)) for one in moved(subject)],
        "cause": _cause(subject),
        "components": loudest.model_dump(mode="json")["components"] if loudest else {},
        "would_have": [
            {**asdict(act), "units": act.units.model_dump(include={"baseline", "candidate"}),
             "at": _time(act.at) if timed else None}
            for act in subject.acts
        ],
        "tenants": [_tenant(subject, name, known, alone, timed) for name in subject.tenants],
    }  # fmt: skip


def _fewest(subject: Subject, last: Alert | None) -> int:
    """Return the units of the arm that has fewer; a watch has one."""
    units = Units() if last is None else last.units
    return units.candidate if subject.kind == "watch" else min(units.candidate, units.baseline)


def _tenant(subject: Subject, name: str, known: Known, alone: bool, timed: bool) -> dict[str, Any]:
    course, verdict = subject.tenants[name], of_tenant(subject, name, known, alone)
    units = course.last.units if course.last else None
    return {
        "tenant": name, "verdict": verdict.word, "text": verdict.text,
        "units": units.model_dump(include={"baseline", "candidate"}) if units else {},
        "highest": _rounded(course.highest), "units_at": _crossed(course),
        "course": _course(course, timed) if verdict.word != "none" or len(subject.tenants) <= 50 else [],
        "readings": [
            _tidy(reading.model_dump(mode="json"))
            for reading in (course.signal.readings if course.signal else [])
            if verdict.word != "none" or len(subject.tenants) <= 50
        ],
    }  # fmt: skip


def _names(comparison: Comparison, subject: Subject) -> tuple[str | None, str]:
    """Return the labels of baseline and candidate."""
    if subject.kind == "watch":
        return _before(subject), subject.name
    for phase in comparison.known.phases.values():
        if phase.rollout_id == subject.name and phase.agent_id == subject.agent_id:
            return phase.cohorts[0].baseline, phase.cohorts[0].candidate
    return None, subject.name


def _before(subject: Subject) -> str | None:
    """Return the label that a watched one came after and is compared with, of most tenants."""
    said = [course.signal.baseline for course in subject.tenants.values() if course.signal]
    names = Counter(one.bundle_id for one in said if one is not None)
    return names.most_common(1)[0][0] if names else None


def _title(subject: Subject, baseline: str | None, candidate: str, way: str) -> str:
    baseline, candidate = _short(baseline), _short(candidate) or ""
    if baseline is None:
        return f"{subject.agent_id}: {candidate} against its own past"
    if subject.kind == "watch":
        return f"{subject.agent_id}: {candidate} after {baseline}"
    beside = "against" if way == "in pairs" else "beside"
    return f"{subject.agent_id}: {candidate} {beside} {baseline}"


def _short(label: str | None) -> str | None:
    """Return a label as people read it: of a digest its first characters."""
    digest = label is not None and label.startswith("sha256:") and len(label) > 19
    return label[:19] if label is not None and digest else label


def _cause(subject: Subject) -> dict[str, Any]:
    """Return what alerts say of the cause, where they do."""
    courses: Iterable[Course] = (subject.fleet, *subject.tenants.values())
    if len(subject.tenants) == 1:
        courses = subject.tenants.values()
    loud = [course.loudest for course in courses if course.loudest is not None]
    for alert in sorted(loud, key=lambda one: -one.scores.display):
        said = alert.model_dump(mode="json")
        if said.get("cause"):
            return {"cause": said["cause"], "reasons": said.get("reasons", [])}
    return {}


def _crossed(course: Course) -> dict[str, dict[str, int | None]]:
    return {kind: {str(n): course.crossed[kind].get(n) for n in LEVELS} for kind in KINDS}


def _course(course: Course, timed: bool) -> list[dict[str, Any]]:
    """Return the scores over time, thinned; arms made of labels have no time of their own."""
    step = max(-(-len(course.points) // POINTS), 1)
    kept = course.points[::step]
    if course.points and kept[-1] != course.points[-1]:
        kept = [*kept, course.points[-1]]
    return [{**point._asdict(), "at": _time(point.at) if timed else None} for point in kept]


def _rounded(values: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 2) for name, value in values.items()}


def _tidy(fields: dict[str, Any]) -> dict[str, Any]:
    return {k: float(f"{v:.5g}") if isinstance(v, float) else v for k, v in fields.items()}


def _time(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="milliseconds")
