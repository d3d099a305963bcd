"""Numbers with their nouns."""

__all__ = ["counted"]


def counted(number: int, one: str, many: str = "") -> str:
    """Return `1 unit`, `2 units`, `1,200 policies`; `many` where an s does not make it."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
