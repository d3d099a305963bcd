"""What surrounded one event: the labels that its context keeps count of."""

from math import log2
from typing import Final, NamedTuple
from zlib import crc32

from detectors.surroundings import Circumstances
from schemas import Event, Retrieval

__all__ = ["Around", "Asked", "asked", "circumstances"]

_FORMS: Final = 8
"""Openings of prompts are told apart by a hash into so many."""
_OPENING: Final = 24
_LOOKED_AT: Final = 200
_NONE: Final = "none"
"""What a request lacks is a label too; what an answer lacks, for it failed, is not."""
_CELLS: Final = tuple(map(str, range(64)))
_SCRIPTS: Final = (
    (0x0250, "latin"), (0x0400, "greek"), (0x0530, "cyrillic"), (0x0600, "hebrew"),
    (0x0780, "arabic"), (0x0E00, "indic"), (0x1100, "south-east-asian"), (0x2E80, "other"),
    (0x3040, "cjk"), (0x3100, "kana"), (0xAC00, "cjk"), (0xD7B0, "hangul"),
)  # fmt: skip
"""First code point past each script, roughly."""


class Asked(NamedTuple):
    """What the text of a prompt says, so that it need not be kept.

    Args:
        form: How it begins; None without text.
        script: In which letters; None without text.
        chars: Its length; None where it is not shared.
    """

    form: str | None = None
    script: str | None = None
    chars: int | None = None


def asked(prompt: str | None) -> Asked:
    """Look at a prompt."""
    if not prompt:
        return Asked(chars=None if prompt is None else 0)
    form = f"form-{crc32(prompt[:_OPENING].encode('utf-8', 'replace')) % _FORMS}"
    return Asked(form, "ascii" if prompt.isascii() else _script(prompt), len(prompt))


class Around(NamedTuple):
    """What is looked at of an event, under the event's own names; its prompt as it was read."""

    asked: Asked
    task: str | None
    parent_event_id: str | None
    provider: str | None
    deployment: str | None
    model_served: str | None
    system_fingerprint: str | None
    fallback_from: str | None
    input_tokens: int | None
    cached_input_tokens: int | None
    modalities: list[str] | None
    retrieval: Retrieval | None
    attempts: int


def circumstances(event: Event | Around) -> Circumstances:
    """Return the label of every variable of `detectors.surroundings`, None where absent.

    Args:
        event: As it came, or what was kept of it.
    """
    form, script, chars = event.asked if isinstance(event, Around) else asked(event.prompt)
    retrieval = event.retrieval
    tokens = event.input_tokens
    if tokens is None and chars is not None:
        tokens = chars // 4
    size = None if tokens is None else _CELLS[round(2.0 * log2(tokens + 1))]
    led = event.parent_event_id is not None
    index = model = _NONE
    chunks = score = None
    if retrieval is not None:
        index = retrieval.index_version or _NONE
        model = retrieval.embedding_model or _NONE
        if retrieval.chunks is not None:
            chunks = _CELLS[min(retrieval.chunks, 15)]
        if retrieval.top_score is not None:
            score = _sixteenth(retrieval.top_score)
    cached = event.cached_input_tokens
    return (
        event.task or _NONE, None if led else form, script,
        "+".join(sorted(event.modalities)) if event.modalities else _NONE,
        None if led else size,
        _sixteenth(cached / tokens) if cached is not None and tokens else None,
        index, model, chunks, score,
        event.model_served, event.system_fingerprint, event.provider or _NONE,
        event.deployment or _NONE, event.fallback_from or _NONE, _CELLS[min(event.attempts, 8)],
        "yes" if led else "no", form if led else None, size if led else None,
    )  # fmt: skip


def _sixteenth(share: float) -> str:
    """Return the cell of a share; scores beyond 1 fall into cells of their logarithm."""
    if share <= 1.0:
        return _CELLS[max(0, min(15, int(16.0 * share)))]
    return _CELLS[min(63, 16 + int(2.0 * log2(share)))]


def _script(text: str) -> str:
    """Return the script of the first letters that are not Latin."""
    for letter in text[:_LOOKED_AT]:
        code = ord(letter)
        if code >= 0x0250 and letter.isalpha():
            return next((name for end, name in _SCRIPTS if code < end), "other")
    return "latin"
