"""Fingerprints of baselines: which past was this compared with?"""

import hashlib

import numpy as np

from detectors.compare.baseline import Watch

__all__ = ["fingerprint"]


def fingerprint(watch: Watch) -> str:
    """Return a digest of the past that a watch compares with, 16 hexadecimal digits.

    Equal pasts have equal ones; it changes with every block that the baseline learns.
    """
    digest = hashlib.blake2b(digest_size=8)
    for name in sorted(watch.pasts):
        past = watch.pasts[name]
        rows = np.flatnonzero(past.seen)
        digest.update(name.encode() + b"\0" + rows.astype("<u2").tobytes())
        for array in (past.seen, past.ones, past.counts, past.edges):
            digest.update(np.ascontiguousarray(array[rows]).tobytes())
        for row, values in sorted(past.warming.items()):
            digest.update(row.to_bytes(2, "big") + np.array(values, "<f4").tobytes())
    return digest.hexdigest()
