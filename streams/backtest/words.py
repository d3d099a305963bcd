"""Numbers with their nouns."""

__all__ = ["several"]


def several(number: int, noun: str, many: str = "") -> str:
    """Return `1 unit`, `2 units`, `1,000 units`; `many` where an s does not make it."""
    return f"{number:,} {noun if number == 1 else many or noun + 's'}"
