"""Which kernel a run takes: the one that was asked for, or by a fixed rule on the sizes of its network. No NumPy."""

from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any

from tui_rnn.engine.errors import ConfigError, not_known, shortened

AUTO, NUMPY, NUMBA = "auto", "numpy", "numba"
KERNELS = (AUTO, NUMPY, NUMBA)
_MANY_STREAMS = 4


def numba_is_installed() -> bool:
    """Whether numba lies where Python finds it. It is not imported."""
    return find_spec(NUMBA) is not None


def version_of(package: str) -> str:
    """The version of an installed package; "" where it is not installed."""
    from importlib import metadata  # which no first frame waits for

    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""


def resolved(kernel: str, settings: Mapping[str, Any]) -> str:
    """The kernel that is meant: for `auto`, numba where it is installed and pays.

    Raises ConfigError for a name that is not known, and where numba is asked for by name and not installed.
    """
    if kernel not in KERNELS:
        raise not_known("--kernel", kernel, KERNELS)
    if kernel == AUTO:
        return NUMBA if pays(settings) and numba_is_installed() else NUMPY
    check_installed(kernel, "--kernel numba", "use --kernel numpy")
    return kernel


def pays(settings: Mapping[str, Any]) -> bool:
    """Whether the compiled kernel is the quicker one for a network of these settings.

    From measurements on two kinds of BLAS, and a rule on sizes so that equal runs take the same kernel everywhere: in
    float32 an update takes 0.35 to 0.9 of NumPy's time at all sizes tried. In float64 its tanh is the library's, one
    number at a time, and NumPy's takes several: with few streams, or with gates, numba is ahead all the same.
    """
    few: bool = settings["batch_size"] < _MANY_STREAMS
    gated: bool = settings.get("cell", "rnn") != "rnn"
    return few or gated or settings.get("dtype", "float32") == "float32"


def check_installed(kernel: str, what: str, otherwise: str) -> None:
    """Raise ConfigError where the kernel needs numba and there is none; `otherwise` is what else can be done."""
    if kernel == NUMBA and not numba_is_installed():
        raise ConfigError(f"{what} needs numba, which is not installed: {_how_to_install()}, or {otherwise}")


def cannot_be_imported(error: ImportError) -> ConfigError:
    """What is said where numba is installed and does not work."""
    return ConfigError(f"numba cannot be imported ({shortened(error)}): {_how_to_install()}, or use --kernel numpy")


def _how_to_install() -> str:
    from tui_rnn.engine.extras import install_command  # which imports what no first frame waits for

    return install_command(NUMBA)
