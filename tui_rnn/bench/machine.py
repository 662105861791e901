"""What a figure has to be read with: the processor, the libraries, the BLAS and its threads."""

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np

import tui_rnn
from tui_rnn.bench import rivals
from tui_rnn.engine.kernels.choice import version_of
from tui_rnn.machine import processor

# Where it is set, OpenBLAS runs the code for that processor, which may have half the speed of the code for this one.
_CORE = "OPENBLAS_CORETYPE"


def machine() -> dict[str, Any]:
    """Facts about this machine and the software on it, by name."""
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    threads = {name: os.environ[name] for name in sorted(os.environ) if name.endswith("_NUM_THREADS")}
    return {
        "tui_rnn": tui_rnn.__version__,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "blas": f"{blas.get('name', 'unknown')} {blas.get('version', '')}".strip(),
        "blas_core": os.environ.get(_CORE) and f"{_CORE}={os.environ[_CORE]}",
        "threads": threads,
        "numba": version_of("numba") or None,
        "torch": rivals.torch_version(),
        "textual": _version("textual"),
        "system": f"{platform.system()} {platform.machine()}",
        "processor": processor(),
        "cores": os.cpu_count(),
    }


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
