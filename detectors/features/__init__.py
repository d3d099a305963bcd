"""What can be read off one answer without a model: style, format, refusal."""

from typing import Final, NamedTuple

from detectors.features.format import answer_format, is_json
from detectors.features.refusal import Refusal, refusal
from detectors.features.style import NAMES as STYLE_NAMES
from detectors.features.style import Style, style

__all__ = ["NOTHING", "STYLE_NAMES", "Features", "Refusal", "Style", "extract"]


class Features(NamedTuple):
    """What the text of one answer says.

    Args:
        style: 42 numbers; None without text.
        format: Label of the output format; None without text.
        refusal: Verdict on the text; None where there is none to judge.
    """

    style: Style | None = None
    format: str | None = None
    refusal: Refusal | None = None


NOTHING: Final = Features()
"""Of an answer whose text is not shared."""


def extract(text: str | None) -> Features:
    """Read the features off one answer.

    Args:
        text: The output; None where it is not shared. An empty one has a format, and does not
            refuse, but has no style.
    """
    if text is None:
        return NOTHING
    label = answer_format(text)
    if label == "empty":
        return Features(format=label, refusal="")
    return Features(style(text, is_json=is_json(label)), label, refusal(text))
