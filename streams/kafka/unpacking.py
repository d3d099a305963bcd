"""LZ4 batches unpacked without giving the interpreter up.

aiokafka's way, cramjam, gives it up for each batch, some microseconds of work. To have it back beside
a fold that computes, the consumer's thread waits a tenth of a millisecond, and two changes of thread
cost more than the unpacking: of a fetch of a hundred batches a hundred times. ctypes' PyDLL calls
the library that python-lz4 brings with the interpreter held.
Source: lz4frame.h, "Streaming decompression functions"; ctypes, "Loading shared libraries".
"""

import ctypes
import importlib
import logging
import threading
from typing import Any

from aiokafka.errors import CorruptRecordException

__all__ = ["install", "unpack"]

_ABI = 100
"""LZ4F_VERSION, that of the interface."""
_ROOM = 262_144
"""Bytes unpacked at a time; most batches are smaller."""
_READERS = ("aiokafka.record.default_records", "aiokafka.record._crecords.default_records")
"""aiokafka's modules that unpack batches, in Python and in C."""

log = logging.getLogger(__name__)


def _library() -> Any:
    """Return liblz4 as python-lz4 brings it; None where its functions cannot be seen."""
    try:
        frame = importlib.import_module("lz4.frame._frame")
        library = ctypes.PyDLL(frame.__file__)
        for name in ("createDecompressionContext", "decompress"):
            getattr(library, f"LZ4F_{name}").restype = ctypes.c_size_t
        library.LZ4F_isError.argtypes = [ctypes.c_size_t]
        library.LZ4F_resetDecompressionContext.restype = None
    except (ImportError, OSError, AttributeError):
        return None
    return library


_LZ4 = _library()


class _Unpacker(threading.local):
    """What a thread unpacks with."""

    def __init__(self) -> None:
        self.context = ctypes.c_void_p()
        if _LZ4.LZ4F_isError(_LZ4.LZ4F_createDecompressionContext(self.at(self.context), _ABI)):
            raise MemoryError
        self.buffer = ctypes.create_string_buffer(_ROOM)
        self.view = memoryview(self.buffer)
        self.room, self.left = ctypes.c_size_t(), ctypes.c_size_t()
        self.room_at, self.left_at = self.at(self.room), self.at(self.left)

    at = staticmethod(ctypes.byref)

    def fill(self, packed: bytes) -> tuple[bytes, int, int]:
        """Return what fits into the buffer, the bytes taken for it, and 0 at the frame's end."""
        self.room.value, self.left.value = _ROOM, len(packed)
        more = _LZ4.LZ4F_decompress(
            self.context, self.buffer, self.room_at, packed, self.left_at, None
        )
        if _LZ4.LZ4F_isError(more):
            self.forget()
            message = "a batch is no LZ4 frame: its producer packs wrongly"
            raise CorruptRecordException(message)
        return self.view[: self.room.value].tobytes(), self.left.value, more

    def forget(self) -> None:
        """Begin anew: what a frame left unfinished is not the next one's."""
        _LZ4.LZ4F_resetDecompressionContext(self.context)


_unpacker = _Unpacker() if _LZ4 is not None else None


def unpack(packed: bytes) -> bytes:
    """Return the content of an LZ4 frame.

    Raises:
        CorruptRecordException: It is none, or is cut off.
    """
    assert _unpacker is not None
    part, taken, more = _unpacker.fill(packed)
    if not more:
        return part
    parts = [part]
    try:
        while more:
            packed = packed[taken:]
            part, taken, more = _unpacker.fill(packed)
            if not (taken or part):
                message = "a batch is cut off in the middle of its LZ4 frame"
                raise CorruptRecordException(message)
            parts.append(part)
    finally:
        if more:
            _unpacker.forget()
    return b"".join(parts)


def install() -> bool:
    """Let aiokafka unpack this way from now on; return whether it does."""
    if _LZ4 is None:
        log.warning("python-lz4's functions cannot be seen here: batches are unpacked more slowly.")
        return False
    for name in _READERS:
        try:
            module = importlib.import_module(name)
        except ImportError:  # an installation without aiokafka's C parts
            continue
        if not hasattr(module, "lz4_decode"):
            log.warning("aiokafka unpacks elsewhere than in %s: it does so more slowly.", name)
            return False
        module.lz4_decode = unpack  # type: ignore[attr-defined]
    return True
