"""What a person may have meant by a name that nobody has."""

from collections.abc import Iterable
from difflib import get_close_matches

__all__ = ["near"]

SHOWN = 3
ALIKE = 0.7


def near(name: str, known: Iterable[str]) -> str:
    """Return ` Did you mean …?` if a known name is much like `name`, else nothing."""
    found = get_close_matches(name, list(known), SHOWN, ALIKE)
    return f" Did you mean {' or '.join(found)}?" if found else ""
