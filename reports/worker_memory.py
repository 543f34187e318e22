"""Memory that a finished book leaves behind, given back: else a worker keeps its largest book's share for ever."""

import ctypes
import gc


def settle() -> None:
    """What is loaded by now stays as long as the process: looking for cycles in it after each book would be in vain."""
    gc.collect()
    gc.freeze()


def give_back() -> None:
    """Collects what stands in cycles and returns free pages to the system, where the C library can (glibc)."""
    gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
