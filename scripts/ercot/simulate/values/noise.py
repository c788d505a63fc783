"""Random numbers without a state: what is drawn depends on the keys alone, never on order, chunks or workers."""

from zlib import crc32

import numpy as np

_ADD = np.uint64(0x9E3779B97F4A7C15)
_MULTIPLY_1 = np.uint64(0xBF58476D1CE4E5B9)
_MULTIPLY_2 = np.uint64(0x94D049BB133111EB)


def noise(seed: int, *keys) -> np.ndarray:
    """Return uniform numbers in [0, 1), one for each combination of the broadcast keys (texts, integers or arrays)."""
    state = np.asarray(np.uint64(seed))
    with np.errstate(over="ignore"):
        for key in keys:
            state = _mix(state * _MULTIPLY_1 ^ _number(key))
    return (state >> np.uint64(11)).astype(np.float64) / float(1 << 53)


def _number(key) -> np.ndarray:
    if isinstance(key, str):
        return np.asarray(np.uint64(crc32(key.encode())))
    return np.asarray(key).astype(np.uint64)


def _mix(x: np.ndarray) -> np.ndarray:
    x = x + _ADD
    x = (x ^ (x >> np.uint64(30))) * _MULTIPLY_1
    x = (x ^ (x >> np.uint64(27))) * _MULTIPLY_2
    return x ^ (x >> np.uint64(31))


def name_keys(names: list[str]) -> np.ndarray:
    """Return a key for each name, so that a name draws the same numbers in every report."""
    return np.array([crc32(name.encode()) for name in names], dtype=np.uint64)
