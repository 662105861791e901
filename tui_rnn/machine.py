"""What decides the last bits of a sum on this machine: its processor, and the BLAS with the kernel that it chose."""

import ctypes
import functools
import platform
from contextlib import suppress
from pathlib import Path

_CORE_NAMES = ("scipy_openblas_get_corename64_", "scipy_openblas_get_corename", "openblas_get_corename")


@functools.cache
def processor() -> str:
    """The processor's name, as it gives it."""
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or "unknown"


@functools.cache
def blas() -> str:
    """The BLAS that NumPy was built with and, of OpenBLAS, the kernel it takes here: `scipy-openblas 0.3.29 Haswell`.

    OpenBLAS has kernels for many processors and chooses as it is loaded; another adds in another order. NumPy is
    imported.
    """
    import numpy as np

    built = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    words = (built.get("name", "unknown"), built.get("version", ""), _core(Path(np.__file__).parent))
    return " ".join(word for word in words if word)


def _core(numpy: Path) -> str:
    """The name of OpenBLAS's kernel, asked of the library that lies beside NumPy; "" where there is none such."""
    places = (numpy.parent / "numpy.libs", numpy / ".dylibs")
    for library in (path for place in places if place.is_dir() for path in sorted(place.glob("*openblas*"))):
        with suppress(OSError):
            loaded = ctypes.CDLL(str(library))
            for name in _CORE_NAMES:
                if (function := getattr(loaded, name, None)) is not None:
                    function.restype = ctypes.c_char_p
                    return (function() or b"").decode("ascii", "replace")
    return ""
