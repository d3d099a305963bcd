"""What a backtest came to, in a sentence, or why it came to nothing."""

from collections import Counter
from typing import Any, Final

from streams.backtest.lines import Reading
from streams.backtest.run import Comparison
from streams.backtest.verdicts import FEW, Word, scarce
from streams.words import counted

__all__ = ["summary"]

_WHY: Final = {
    "cached": "answered from a cache", "not-live": "shadow or probe traffic",
    "unknown-phase": "of a phase that nobody tells of", "not-issued": "not as their phase says",
    "late": "outcomes of no event here", "not-known": "outcomes of no metric",
}  # fmt: skip
"""Why events gave no evidence."""


def summary(one: Comparison, subjects: list[dict[str, Any]], word: Word, reading: Reading) -> str:
    """Return what a comparison came to, in a sentence."""
    if not subjects:
        return f"nothing was compared: {_nothing(one, reading)}"
    loud = [s for s in subjects if s["verdict"] == word]
    more = f" (and {len(loud) - 1} more)" if len(loud) > 1 else ""
    if word == "none":
        units = counted(sum(s["units"]["candidate"] for s in subjects), "unit")
        what = f"{len(subjects)} comparisons" if len(subjects) > 1 else subjects[0]["title"]
        said = f"{what}: no change shown in {units}"
        few = [s for s in subjects if s["fewest"] < FEW]
        if few:
            least = min(few, key=lambda s: int(s["fewest"]))
            whose = "" if len(subjects) == 1 else f" of {least['candidate']}"
            said += f"; {scarce(least['fewest'], whose)}"
        return said
    return f"{loud[0]['title']}: {loud[0]['text']}{more}"


def _nothing(one: Comparison, reading: Reading) -> str:
    """Return why there was nothing to compare."""
    if not reading.lines:
        return "there is no line to read"
    if reading.bad == reading.lines:
        return f"no line could be read as an event, of {counted(reading.lines, 'line')}"
    outcomes: Counter[str] = Counter()
    for traffic in one.traffic.values():
        outcomes.update(traffic.counted)
    why = [f"{_WHY[word]}: {number:,}" for word, number in outcomes.most_common() if word in _WHY]
    return f"no event gave evidence ({', '.join(why)})" if why else "no event gave evidence"
