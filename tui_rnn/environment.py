"""Variables of the libraries below us, whose values no library takes: left out before one reads them."""

import re
from collections.abc import Mapping, MutableMapping

# The values that a library takes; with any other it would end the program, wait for ever or work for nothing.
_TAKEN: Mapping[str, re.Pattern[str]] = {
    "TEXTUAL_COLOR_SYSTEM": re.compile("auto|standard|256|truecolor|windows"),
    "TEXTUAL_DRIVER": re.compile(r"textual\.drivers\.\w+:\w+"),
    "TEXTUAL_FPS": re.compile("[1-9][0-9]{0,2}", re.ASCII),
    "TEXTUAL_ANIMATIONS": re.compile("none|basic|full", re.IGNORECASE),
    "TEXTUAL_DIM_FACTOR": re.compile("[0-9]{1,2}|100", re.ASCII),
    "TEXTUAL_SLOW_THRESHOLD": re.compile("[0-9]{3,6}", re.ASCII),
    "TEXTUAL_SMOOTH_SCROLL": re.compile("[01]", re.ASCII),
    "TEXTUAL_SCREENSHOT": re.compile("-?[0-9]{1,6}", re.ASCII),
    "TEXTUAL_DEVTOOLS_PORT": re.compile("[0-9]{1,5}", re.ASCII),
    "ESCDELAY": re.compile("[1-9][0-9]{0,3}", re.ASCII),
    "COLUMNS": re.compile("[1-9][0-9]{0,4}", re.ASCII),
    "LINES": re.compile("[1-9][0-9]{0,4}", re.ASCII),
    "JUPYTER_COLUMNS": re.compile("[1-9][0-9]{0,4}", re.ASCII),
    "JUPYTER_LINES": re.compile("[1-9][0-9]{0,4}", re.ASCII),
    "NUMPY_MADVISE_HUGEPAGE": re.compile("[0-9]", re.ASCII),
    "NPY_PROMOTION_STATE": re.compile("weak"),
    "OPENBLAS_NUM_THREADS": re.compile("[1-9][0-9]{0,3}", re.ASCII),
    "MKL_NUM_THREADS": re.compile("[1-9][0-9]{0,3}", re.ASCII),
    "OMP_NUM_THREADS": re.compile("[1-9][0-9]{0,3}", re.ASCII),
    "VECLIB_MAXIMUM_THREADS": re.compile("[1-9][0-9]{0,3}", re.ASCII),
    "SOURCE_DATE_EPOCH": re.compile("[0-9]{1,11}", re.ASCII),
    "_TUI_RNN_COMPLETE": re.compile("(bash|zsh|fish)_(source|complete)"),
    "COMP_CWORD": re.compile("[0-9]{1,4}", re.ASCII),
}
# What only a developer of Textual sets: a theme's name is taken from --theme, and no file is written or key pressed.
_UNUSED = ("TEXTUAL_THEME", "TEXTUAL_LOG", "TEXTUAL_PRESS", "TEXTUAL_FILTERS", "TEXTUAL_SCREENSHOT_LOCATION")
# Processor features that NumPy is built on: with one of them switched off it refuses to be imported.
_BASELINE = re.compile(r"\b(SSE|SSE2|SSE3|SSSE3|SSE41|SSE42|POPCNT|X86_V2|NEON|NEON_FP16|NEON_VFPV4|ASIMD|VSX|VX)\b")


def leave_out_odd_values(environment: MutableMapping[str, str]) -> None:
    """Take away what no library could use, before one reads it; what is usable stays as it is."""
    for name in _UNUSED:
        environment.pop(name, None)
    for name, taken in _TAKEN.items():
        if name in environment and not taken.fullmatch(environment[name]):
            del environment[name]
    completes = environment.get("_TUI_RNN_COMPLETE", "").endswith("_complete")
    if completes and not {"COMP_WORDS", "COMP_CWORD"} <= environment.keys():
        del environment["_TUI_RNN_COMPLETE"]
    switches = ("NPY_DISABLE_CPU_FEATURES", "NPY_ENABLE_CPU_FEATURES")
    both = all(environment.get(name) for name in switches)  # NumPy refuses to be given both
    for name in switches:
        value = environment.get(name, "")
        if both or _BASELINE.search(value) or not re.fullmatch(r"[\w ,\t]*", value, re.ASCII):
            environment.pop(name, None)
