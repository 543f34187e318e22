"""Numbers from samples."""

import statistics
from collections.abc import Sequence


def milliseconds(samples: Sequence[float], percent: int) -> float:
    """The given percentile of samples in seconds, as milliseconds."""
    ordered = sorted(samples)
    return round(1000 * ordered[min(len(ordered) - 1, len(ordered) * percent // 100)], 1)


def median_ms(samples: Sequence[float]) -> float:
    return round(1000 * statistics.median(samples), 1)
