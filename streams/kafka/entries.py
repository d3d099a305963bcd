"""How an entry of state lies in a changelog: format marker, checksum, compressed body.

Byte 0 says the format, bytes 1-4 are the CRC-32 of what follows it.
"""

import zlib
from typing import Generic, TypeVar

import cramjam
import msgspec

from streams.errors import CorruptEntryError

__all__ = ["Entry", "Live", "decode", "encode", "entry_key", "split_key"]

S = TypeVar("S")
PLAIN, LZ4 = b"\x01", b"\x02"
"""LZ4 takes 4 us for 12 KB of state, zstd level 1 takes 24 us and saves a tenth more."""
SMALL = 256
"""Bytes below which compression gains nothing."""
HEAD = 5


class Entry(msgspec.Struct, array_like=True, frozen=True):
    """One state and what it has folded in.

    Attributes:
        stamps: Topic to the last offset folded in; the partition is the entry's own.
        blob: The state, as its owner writes it.
    """

    stamps: dict[str, int]
    blob: bytes


class Live(Generic[S]):
    """A state in memory and what it has folded in."""

    __slots__ = ("stamps", "state")

    def __init__(self, stamps: dict[str, int], state: S) -> None:
        self.stamps = stamps
        self.state = state


_encoder, _decoder = msgspec.msgpack.Encoder(), msgspec.msgpack.Decoder(Entry)


def encode(entry: Entry) -> bytes:
    """Return the bytes of an entry."""
    body = _encoder.encode(entry)
    if len(body) < SMALL:
        return PLAIN + zlib.crc32(body).to_bytes(4, "big") + body
    packed = bytes(cramjam.lz4.compress_block(body))
    return LZ4 + zlib.crc32(packed).to_bytes(4, "big") + packed


def decode(raw: bytes) -> Entry:
    """Return the entry of these bytes.

    Raises:
        CorruptEntryError: Unknown format, wrong checksum or an unreadable body.
    """
    marker, body = raw[:1], raw[HEAD:]
    if marker not in (PLAIN, LZ4):
        message = f"format {marker!r} of a state entry is unknown: run the version that wrote it"
        raise CorruptEntryError(message)
    if zlib.crc32(body).to_bytes(4, "big") != raw[1:HEAD]:
        message = "the checksum of a state entry is wrong: restore the changelog topic"
        raise CorruptEntryError(message)
    try:
        return _decoder.decode(bytes(cramjam.lz4.decompress_block(body)) if marker == LZ4 else body)
    except (msgspec.MsgspecError, cramjam.DecompressionError) as error:
        message = (
            f"the body of a state entry cannot be read ({error}): run the version that wrote it"
        )
        raise CorruptEntryError(message) from error


def entry_key(partition: int, key: bytes) -> bytes:
    """Return the stored key: one name may have a state on each of several partitions."""
    return partition.to_bytes(2, "big") + key


def split_key(stored: bytes) -> tuple[int, bytes]:
    """Return partition and key of a stored key."""
    return int.from_bytes(stored[:2], "big"), stored[2:]
