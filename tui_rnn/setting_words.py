"""An option of training and its value in few letters: `m` for hidden_size."""

from typing import Any

from tui_rnn.engine.config import SAMPLED_BY_TIME
from tui_rnn.safe_text import safe_text

# As the field's symbols, in the order in which a comparison lists them; others follow.
SHORT_NAMES = {
    "corpus": "text",
    "recipe": "recipe",
    "cell": "cell",
    "optimizer": "optimizer",
    "eta": "eta",
    "hidden_size": "m",
    "seq_length": "T",
    "batch_size": "B",
    "memory_start": "memory",
    "schedule": "schedule",
    "holdout": "held out part",
    "seed": "seed",
}


def setting_name(name: str) -> str:
    """An option as it is called where there is little room."""
    return SHORT_NAMES.get(name, name.replace("_", " "))


def setting_value(name: str, value: Any) -> str:
    """The value of an option where there is little room, safe to show."""
    if value is None:
        return "none"
    if name == "sample_every" and value == SAMPLED_BY_TIME:
        return "by time"
    if name == "corpus":
        return safe_text(str(value).replace("\\", "/").rsplit("/", 1)[-1], one_line=True)
    return f"{value:g}" if isinstance(value, float) else safe_text(str(value), one_line=True)
