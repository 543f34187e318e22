"""Drawing pupils by lot so that anybody can repeat it: pure.

Each candidate gets SHA-256 of «seed:class:pupil» in hexadecimal; who has the smallest is drawn first. The seed comes
from the server when the inspection is opened and stands in its minutes, so nobody has chosen whom it falls upon.
"""

import hashlib
from collections.abc import Iterable


def lot_of(seed: str, class_id: int, pupil_id: int) -> str:
    """The pupil's lot: 64 hexadecimal digits."""
    return hashlib.sha256(f"{seed}:{class_id}:{pupil_id}".encode()).hexdigest()


def draw(seed: str, class_id: int, candidates: Iterable[int], number: int) -> tuple[int, ...]:
    """The ids of so many of the candidates, in the order in which they are drawn; all where there are fewer."""
    return tuple(sorted(set(candidates), key=lambda pupil: lot_of(seed, class_id, pupil))[:number])
