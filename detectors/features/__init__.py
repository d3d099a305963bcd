"""What can be read off one answer without a model: style, format, refusal."""

from typing import Final, NamedTuple

from detectors.features.refusal import Refusal
from detectors.features.style import NAMES as STYLE_NAMES
from detectors.features.style import Style

__all__ = ["NOTHING", "STYLE_NAMES", "Features", "Refusal", "Style"]


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
