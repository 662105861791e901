"""How the loops of this folder are compiled: by numba, or, where that is not installed, not at all.

Uncompiled they give the same numbers up to rounding, some thousand times slower: so their laws can be tested anywhere.
"""

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeVar

Loops = TypeVar("Loops", bound=Callable[..., Any])

# What may be rearranged: sums in another order, a product and a sum in one rounding, the sign of a zero. A NaN and an
# infinity stay what they are, since they have to be found.
_REARRANGED = {"reassoc", "contract", "nsz"}
_dispatchers: list[Any] = []


def compiled(loops: Loops) -> Loops:
    """These loops, to be called from Python; compiled at the first call for arrays of one dtype.

    They do not hold the interpreter's lock, so that a screen is drawn meanwhile.
    """
    return _called(loops, _REARRANGED)


def compiled_step(loops: Loops) -> Loops:
    """As `compiled`, for an optimizer's step: a quotient may be a product with a reciprocal.

    In float32 that may change its last two bits, and takes a quarter off the time.
    """
    return _called(loops, _REARRANGED | {"arcp"})


def within(loops: Loops) -> Loops:
    """These loops, to be called from other loops, of which they become a part.

    Else the machine code of both would hold them, optimized apart, and which of the two ran, so the last bits of a sum,
    would depend on whether it was compiled just now or comes from the cache.
    """
    return _jit(loops, _REARRANGED, forceinline=True)


def apart(loops: Loops) -> Loops:
    """These loops, to be called from other loops, of which they do not become a part.

    For what is too long to be compiled into each of them; nothing in it is rearranged, so its bits are always the same.
    """
    return _jit(loops, set())


def _called(loops: Loops, rearranged: set[str]) -> Loops:
    found = _jit(loops, rearranged)
    if found is not loops:
        _dispatchers.append(found)
    return found


def _jit(loops: Loops, rearranged: set[str], **options: bool) -> Loops:
    if find_spec("numba") is None:
        return loops
    import numba

    found: Loops = numba.njit(loops, nogil=True, error_model="numpy", fastmath=rearranged or False, **options)
    return found


def keep_compiled_in(folder: Path) -> None:
    """Let numba keep the machine code of all loops in this folder, and find it there."""
    if not _dispatchers:
        return
    import numba

    vars(numba.config)["CACHE_DIR"] = str(folder)  # numba's own setting; its types do not list it
    for each in _dispatchers:
        each.enable_caching()


def keep_no_more() -> None:
    """Let numba write no machine code from now on."""
    if not _dispatchers:
        return
    from numba.core.caching import NullCache

    for each in _dispatchers:
        vars(each)["_cache"] = NullCache()  # as before `enable_caching`, for which numba has no opposite
