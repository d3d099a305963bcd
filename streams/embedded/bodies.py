"""Bodies of HTTP requests: chunked or not, compressed or not, never above a size."""

import gzip
import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from email.message import Message
from http import HTTPStatus
from typing import Any, Protocol

import lz4.frame
from backports import zstd

__all__ = ["MAX_BYTES", "BodyError", "read_body"]

MAX_BYTES = 512 * 1024 * 1024
LINE_BYTES = 1024


class _Reader(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...
    def readline(self, size: int = -1, /) -> bytes: ...


# The classes, not decompress(): that reads only the first of several frames.
OPENERS: dict[str, Callable[[io.BytesIO], AbstractContextManager[Any]]] = {
    "lz4": lz4.frame.LZ4FrameFile,
    "zstd": zstd.ZstdFile,
    "gzip": lambda raw: gzip.GzipFile(fileobj=raw),
}


class BodyError(Exception):
    """A body is too large, or not what its headers say; `status` is the answer's."""

    def __init__(self, status: HTTPStatus, message: str) -> None:
        super().__init__(message)
        self.status = status


def read_body(stream: _Reader, headers: Message, max_bytes: int) -> bytes:
    """Return a request's body, decompressed.

    Args:
        stream: Positioned after the headers.
        headers: The request's.
        max_bytes: Largest size, as sent and as unpacked.

    Raises:
        BodyError: It is larger, broken, or of a kind that is not served.
    """
    if headers.get_content_maintype() == "multipart":
        raise BodyError(HTTPStatus.NOT_IMPLEMENTED, "external data is not served; insert them")
    try:
        if "chunked" in headers.get("Transfer-Encoding", "").lower():
            raw = _chunked(stream, max_bytes)
        else:
            raw = _counted(stream, int(headers.get("Content-Length") or 0), max_bytes)
        return _unpacked(raw, headers.get("Content-Encoding", ""), max_bytes)
    except (ValueError, EOFError, OSError, RuntimeError, zstd.ZstdError) as error:
        raise BodyError(HTTPStatus.BAD_REQUEST, f"the body is broken: {error}") from error


def _too_large(max_bytes: int) -> BodyError:
    message = f"the body is above {max_bytes} bytes; send smaller batches"
    return BodyError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, message)


def _counted(stream: _Reader, size: int, max_bytes: int) -> bytes:
    if size > max_bytes:
        raise _too_large(max_bytes)
    data = stream.read(size) if size > 0 else b""
    if len(data) != size:
        message = f"{size} bytes announced, {len(data)} came"
        raise EOFError(message)
    return data


def _chunked(stream: _Reader, max_bytes: int) -> bytes:
    chunks: list[bytes] = []
    total = 0
    while size := int(stream.readline(LINE_BYTES).split(b";")[0], 16):
        total += size
        if size < 0 or total > max_bytes:
            raise _too_large(max_bytes)
        chunks.append(_counted(stream, size, max_bytes))
        stream.readline(LINE_BYTES)
    while stream.readline(LINE_BYTES).strip():
        pass
    return b"".join(chunks)


def _unpacked(raw: bytes, encoding: str, max_bytes: int) -> bytes:
    if encoding in ("", "identity") or not raw:
        return raw
    if encoding not in OPENERS:
        message = f"Content-Encoding {encoding} is not served; use lz4, zstd or gzip"
        raise BodyError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, message)
    with OPENERS[encoding](io.BytesIO(raw)) as packed:
        data: bytes = packed.read(max_bytes + 1)
    if len(data) > max_bytes:
        raise _too_large(max_bytes)
    return data
