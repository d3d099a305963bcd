"""The output format of one answer as a short label.

`json`, `fence-json` (the whole answer is one fence) and `text+json` (a fence inside prose) carry
`:` and a hash of the top-level key set; `!` before it says that the JSON does not parse, `+` that
text follows the value, `?` that it is too long to be judged. Other labels: `fence-<language>`,
`text+<language>`, `md:<kinds>`, `code`, `markup`, `line`, `prose`, `empty`. A label never holds
words of the answer.
"""

import json
import re
from typing import Any, Final
from zlib import crc32

__all__ = ["answer_format", "is_broken", "is_formatted", "is_json"]

PREFIX: Final = 1000
"""Characters searched for Markdown and fences."""
MAX_JSON: Final = 200_000
"""Characters of JSON parsed; beyond it the verdict is `?`."""
MAX_NESTING: Final = 3
"""Arrays in arrays that the key set shows."""

_KEYS = re.compile(r'[{,]\s{0,100}"([^"\\\n]{1,60})"\s{0,100}:')
_CODE = re.compile(
    r"(?:def |class |import |from \w{1,60} import|#include|public |private |function |const |let "
    r"|var |SELECT |package |using |<\?php|#!/)"
)
_LANGUAGE = re.compile(r"[a-z0-9+#._-]{1,12}")
_JSON_STARTS: Final = frozenset('{["-0123456789 \n]')
_decode = json.JSONDecoder().raw_decode
"""Strict, as consumers are: lenient parsing passes broken answers."""


def answer_format(text: str) -> str:
    """Return the format label of one answer, at most 64 characters."""
    body = text.strip()
    if not body:
        return "empty"
    first = body[0]
    if first == "{" or (first == "[" and body[1:2] in _JSON_STARTS):
        return "json" + _judge(body)
    if body.startswith("```"):
        return _fenced(body)
    prefix = body[:PREFIX]
    fence = prefix.find("```")
    if fence > 0:
        return _embedded(body, fence)
    return _plain(body, prefix)


def is_json(label: str) -> bool:
    """Return whether the whole answer is JSON that parses."""
    return label.startswith("json:")


def is_broken(label: str) -> bool:
    """Return whether the answer holds JSON that does not parse."""
    return "!" in label


def is_formatted(label: str) -> bool:
    """Return whether the answer is JSON, fenced or Markdown rather than prose, code or markup."""
    return label.startswith(("json", "fence-", "text+", "md:"))


def _judge(value: str) -> str:
    """Parse one JSON value; return its mark and key set."""
    if len(value) > MAX_JSON:
        return "?:" + _hash(_KEYS.findall(value[:4000]))
    try:
        parsed, end = _decode(value)
    except (ValueError, RecursionError):
        return "!:" + _hash(_KEYS.findall(value[:4000]))
    return ("+" if value[end:].strip() else "") + ":" + _keys(parsed)


def _keys(value: Any, depth: int = 0) -> str:
    if isinstance(value, list):
        inner = _keys(value[0], depth + 1) if value and depth < MAX_NESTING else ""
        return f"[{inner}]"
    return _hash(value) if isinstance(value, dict) else type(value).__name__


def _hash(keys: dict[str, Any] | list[str]) -> str:
    joined = "\0".join(sorted(set(keys)))
    return f"{crc32(joined.encode('utf-8', 'replace')):08x}"


def _language(line: str) -> str:
    """Return the language a fence names, `plain` if it names none that can be one."""
    name = line.strip().lower()
    return name if _LANGUAGE.fullmatch(name) else "plain"


def _fenced(body: str) -> str:
    newline = body.find("\n")
    language = _language(body[3:newline]) if newline > 0 else "plain"
    end = body.find("\n```", newline) if newline > 0 else -1
    inner = body[newline + 1 : end if end > 0 else None].strip() if newline > 0 else ""
    tail = "" if end < 0 or end + 4 >= len(body) else "+"
    if language == "json" or inner[:1] in ("{", "["):
        return "fence-json" + _judge(inner) + tail
    return f"fence-{language}{tail}"


def _embedded(body: str, fence: int) -> str:
    language = _language(body[fence + 3 : fence + 15].partition("\n")[0])
    if language != "json":
        return f"text+{language}"
    start = body.find("\n", fence) + 1
    return "text+json" + _judge(body[start:].rpartition("```")[0].strip() or body[start:].strip())


def _plain(body: str, prefix: str) -> str:
    if "\n" not in prefix:
        return "line" if len(body) <= 120 else "prose"
    if _CODE.match(body) or prefix.count("\n    ") > 2 * prefix.count(". "):
        return "code"
    if body[0] == "<":
        return "markup"
    kinds = _markdown("\n" + prefix)
    return f"md:{kinds}" if kinds else "prose"


def _markdown(text: str) -> str:
    """Name the kinds of Markdown: heading, list, numbered list, bold, table."""
    marks = (
        ("h", ("\n#",)),
        ("l", ("\n- ", "\n* ", "\n• ")),
        ("n", ("\n1. ", "\n1) ", "\n2. ")),
        ("b", ("**",)),
        ("t", ("\n|",)),
    )
    return "".join(kind for kind, signs in marks if any(map(text.__contains__, signs)))
