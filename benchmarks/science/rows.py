"""One row of the table of `make science`."""

from dataclasses import dataclass

__all__ = ["Row"]


@dataclass(frozen=True, slots=True)
class Row:
    """A figure beside what it is held to.

    Args:
        part: Heading it stands under: `alone`, `way`, `regressions`, `real`, `refusals`.
        case: What was measured, in words.
        ours: The figure.
        target: What it is held to, in words: `<= 1.1 x 233`.
        met: Whether it is; None where there is no target.
        unit: Of the figure.
        oracle: The same figure of the best possible detector, where known.
        river: The same figure of River's defaults.
        note: What else a reader should know.
    """

    part: str
    case: str
    ours: float | None
    target: str = ""
    met: bool | None = None
    unit: str = ""
    oracle: float | None = None
    river: float | None = None
    note: str = ""
