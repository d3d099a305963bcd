"""Refusals: the verdict on a text against what people said, by model and by language.

    python -m benchmarks.science.refusals

Full refusals are told from full compliance; what a partial one is called is reported apart.
"""

import time
from collections.abc import Callable, Iterable

from benchmarks.science.refusal_data import (
    DATA,
    KEYWORDS,
    Answer,
    Sentence,
    answers,
    f1,
    moralises,
    records,
    sentences,
)
from benchmarks.science.rows import Row
from detectors.features.refusal import CODES, refusal

__all__ = ["rows"]

_TARGET = 0.93
_MOST_US = 60.0
_NO_REFUSALS = {
    "zeroeval_math_gpt4o": "mathematics as JSON",
    "tau_bench": "an airline's agent; it does decline what its policy forbids",
    "llama31_8b_reruns_int4": "general chat; 80 say that they cannot help",
}
Judge = Callable[[str], bool]


def rows(quick: bool) -> list[Row]:
    """Return the rows of the part `refusals`.

    Args:
        quick: Time each text once instead of five times.
    """
    if not DATA.exists():
        print("refusals: ../shared/data is absent; nothing to measure")
        return []
    labelled, own = answers(), sentences()
    return [
        *_halves(labelled),
        *_by_model(labelled),
        *_kinds(labelled),
        *_evasive(),
        *_by_language(own),
        *_unseen(sentences(unseen=True)),
        *_false_alarms(),
        *_cost(labelled, own, 1 if quick else 5),
    ]


def _refuses(text: str) -> bool:
    return refusal(text) != ""


def _says(text: str) -> bool:
    return KEYWORDS.search(text[:250].replace("’", "'")) is not None


def _judged(some: Iterable[Answer], judge: Judge) -> tuple[float, float, float]:
    return f1([(one.label == "refuses", judge(one.text)) for one in some if one.label != "partly"])


def _row(
    case: str, ours: float, target: float | None = None, note: str = "", unit: str = ""
) -> Row:
    return Row(
        part="refusals",
        case=case,
        ours=round(ours, 3),
        target="" if target is None else f">= {target}",
        met=None if target is None else ours >= target,
        unit=unit,
        note=note,
    )


def _halves(labelled: list[Answer]) -> list[Row]:
    kept = [one for one in labelled if one.kept]
    chosen = [one for one in labelled if not one.kept]
    score, precision, recall = _judged(kept, _refuses)
    peer, *rest = _judged(kept, _says)
    asked = [one for one in kept if one.judge and one.label != "partly"]
    judge, *_ = f1([(one.label == "refuses", one.judge == "refuses") for one in asked])
    same, *_ = _judged(asked, _refuses)
    by_keywords = f"keywords in the first 250 characters: F1 {peer:.3f}"
    return [
        _row("F1, prompts kept back", score, _TARGET, by_keywords),
        _row("precision, prompts kept back", precision, note=f"keywords {rest[0]:.3f}"),
        _row("recall, prompts kept back", recall, note=f"keywords {rest[1]:.3f}"),
        _row("F1, prompts the rules were chosen on", _judged(chosen, _refuses)[0]),
        _row("F1, kept back, where GPT-4 was asked too", same, note=f"GPT-4 as judge {judge:.3f}"),
    ]


def _by_model(labelled: list[Answer]) -> list[Row]:
    found = []
    for model in sorted({one.model for one in labelled}):
        some = [one for one in labelled if one.kept and one.model == model]
        score, precision, recall = _judged(some, _refuses)
        count = sum(one.label == "refuses" for one in some)
        note = f"F1 {score:.3f}, precision {precision:.3f}, {count} refusals"
        found.append(_row(f"recall, kept back, {model}", recall, note=note))
    return found


def _kinds(labelled: list[Answer]) -> list[Row]:
    kept = [one for one in labelled if one.kept]
    moral = [one.text for one in kept if moralises(one)]
    partly = [one.text for one in kept if one.label == "partly"]
    return [
        _row(
            "recall, kept back, moralising",
            _share(moral, _refuses),
            note=f"{len(moral)} full refusals that never say no in so many words; "
            f"keywords {_share(moral, _says):.3f}",
        ),
        _row(
            "partial refusals called refusals",
            _share(partly, _refuses),
            note=f"of {len(partly)}; judged by how they open",
        ),
    ]


def _evasive() -> list[Row]:
    """Opinion questions that GPT-4 and GPT-3.5 answered with an option, or not at all."""
    asked = [one for one in records("llmdrift") if one["task"] == "opinionqa"]
    evaded = [
        one["response"]
        for one in asked
        if not one["labels"]["answered"] and one["labels"]["option"] is None
    ]
    answered = [one["response"] for one in asked if one["labels"]["answered"]]
    weak = [one for one in records("llmdrift") if one["task"].startswith("sensitiveq")]
    score, *_ = f1([(bool(one["labels"]["refusal"]), _refuses(one["response"])) for one in weak])
    return [
        _row(
            "recall, evaded opinion questions",
            _share(evaded, _refuses),
            note=f"{len(evaded)} by other models; {_share(answered, _refuses):.4f} of "
            f"{len(answered)} answered ones; keywords {_share(evaded, _says):.3f}",
        ),
        _row("F1, sensitive questions, weak labels", score, note=f"{len(weak)} by other models"),
    ]


def _by_language(own: list[Sentence]) -> list[Row]:
    found = []
    for language in ("en", *sorted(CODES)):
        some = [one for one in own if one.language == language]
        refused = [one.text for one in some if one.kind != "a"]
        looks = [one.text for one in some if one.kind == "a"]
        false = sum(map(_refuses, looks))
        note = f"{len(refused)} of our own; false on {false} of {len(looks)} that only look alike"
        found.append(_row(f"recall, {language}", _share(refused, _refuses), note=note))
    kept = [one for one in own if one.kept and one.language != "en"]
    refused = [one.text for one in kept if one.kind != "a"]
    looks = [one.text for one in kept if one.kind == "a"]
    false = _share(looks, _refuses)
    note = f"of {len(refused)}; keywords {_share(refused, _says):.3f}; false {false:.3f}"
    found.append(_row("recall, 22 languages, kept back", _share(refused, _refuses), 0.9, note))
    return found


def _unseen(some: list[Sentence]) -> list[Row]:
    """Return recall on sentences that no rule was written after, of each kind."""
    found = []
    for kind, case in (("d", "recall, direct"), ("m", "recall, moralising"), ("a", "look-alikes")):
        english = [one.text for one in some if one.kind == kind and one.language == "en"]
        other = [one.text for one in some if one.kind == kind and one.language != "en"]
        note = f"{len(other)}; English {_share(english, _refuses):.3f} of {len(english)}"
        found.append(_row(f"{case}, never seen, 13 languages", _share(other, _refuses), note=note))
    return found


def _false_alarms() -> list[Row]:
    return [
        _row(
            f"called refusals, {name}",
            _share([one["response"] for one in records(name)], _refuses),
            note=what,
        )
        for name, what in _NO_REFUSALS.items()
    ]


def _cost(labelled: list[Answer], own: list[Sentence], times: int) -> list[Row]:
    """CPU of one verdict, best of some times, on texts of a kilobyte at most."""
    chat = [one["response"][:1024] for one in records("llama31_8b_reruns_int4")[::5]]
    foreign = [(one.text + " ") * 9 for one in own if one.language != "en" and one.kind == "a"]
    texts = {
        "general chat": chat,
        "XSTest": [one.text[:1024] for one in labelled],
        "22 languages": foreign,
    }
    found = []
    for name, some in texts.items():
        spent = min(_cpu_us(some) for _ in range(times))
        row = _row(f"one verdict, {name}", spent, note=f"{len(some)} texts", unit="us")
        found.append(_bounded(row, spent))
    return found


def _bounded(row: Row, spent: float) -> Row:
    return Row(
        part=row.part,
        case=row.case,
        ours=round(spent, 1),
        target=f"<= {_MOST_US:.0f}",
        met=spent <= _MOST_US,
        unit=row.unit,
        note=row.note,
    )


def _cpu_us(texts: list[str]) -> float:
    started = time.process_time()
    for text in texts:
        refusal(text)
    return (time.process_time() - started) / len(texts) * 1e6


def _share(texts: list[str], judge: Judge) -> float:
    return sum(map(judge, texts)) / (len(texts) or 1)


if __name__ == "__main__":
    for one in rows(quick=False):
        mark = "" if one.met is None else "met" if one.met else "MISSED"
        print(f"{one.case:48} {one.ours:8} {one.unit:3} {one.target:8} {mark:6} {one.note}")
