"""From the text of one answer to its features."""

from detectors.features import NOTHING, Features
from detectors.features.format import answer_format, is_json
from detectors.features.refusal import refusal
from detectors.features.stylometry import style

__all__ = ["extract"]


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
