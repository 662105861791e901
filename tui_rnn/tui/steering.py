"""What can be changed while a run trains, as people read and type it: names, values, and why one cannot be used."""

from dataclasses import dataclass
from typing import Any

from tui_rnn.engine.adjustments import Hyperparameters
from tui_rnn.engine.config import SAMPLED_BY_TIME, RunConfig
from tui_rnn.engine.errors import ConfigError
from tui_rnn.tui.run_state import RunState
from tui_rnn.wording import SETTINGS, setting_text

_OVER = {
    "done": "The run is done: no update is made any more. space goes on.",
    "diverged": "The run has diverged: e goes back to the last good checkpoint.",
    "saving": "The run is being saved and ends: no update is made any more.",
}
_NOT_BEGUN = "The run has not begun yet: its text is still being read."


OF_A_NUMBER = (*"0123456789.",)


@dataclass(frozen=True, slots=True)
class Setting:
    """A hyperparameter as a row of the form."""

    name: str  # of Hyperparameters
    about: tuple[str, ...]  # parts, of which as many are shown as there is room for

    @property
    def label(self) -> str:
        """What it is called on the screen."""
        return SETTINGS[self.name]


SCHEDULED = (
    Setting("eta", ("learning rate", "before its schedule")),
    Setting("clip", ("bound on each number", "of the gradient", "or none")),
    Setting("clip_norm", ("bound on the gradient's length", "or none")),
    Setting("sample_every", ("updates between two samples",)),
    Setting("temperature", ("of such a sample", "below 1 surer")),
    Setting("top_p", ("of such a sample", "1 is all characters")),
)


_NEEDS = {
    "eta": "needs a number above 0",
    "clip": "needs a number above 0, or none",
    "clip_norm": "needs a number above 0, or none",
    "sample_every": "needs a whole number from 1",
    "temperature": "needs a number from 0",
    "top_p": "needs a number above 0, up to 1",
}


def parsed(name: str, text: str, now: Hyperparameters, config: RunConfig) -> Any:
    """The value that was typed. Raises ConfigError, with a reason for people, where it cannot be used."""
    typed = text.strip().replace(",", "").lower()
    refused = ConfigError(f"{SETTINGS[name]} {_NEEDS[name]}")
    value: Any
    if name in ("clip", "clip_norm") and typed == "none":
        value = None
    elif name == "sample_every" and typed == setting_text(name, SAMPLED_BY_TIME):
        if config.minutes is None:
            raise ConfigError("samples are taken by time only in a run that --minutes bounds")
        value = SAMPLED_BY_TIME
    else:
        try:
            value = float(typed)
        except ValueError:
            raise refused from None
        if type(getattr(now, name)) is int and value.is_integer():
            value = int(value)
    try:
        return getattr(now.with_value(config, name, value), name)
    except ConfigError:
        raise refused from None


def change_text(name: str, before: Any, value: Any) -> tuple[str, ...]:
    """How the value differs, in parts: `0.1 → 0.05`, `half as much`."""
    words = f"{setting_text(name, before)} → {setting_text(name, value)}"
    if before and value and 0.001 < value / before < 1000:
        share = value / before
        return words, {0.5: "half as much", 2.0: "twice as much"}.get(round(share, 6), f"{share:.3g} times as much")
    return (words,)


def why_not(run: RunState) -> str:
    """Why nothing at all can be changed now; empty where it can."""
    return _NOT_BEGUN if run.started is None else why_over(run)


def why_over(run: RunState) -> str:
    """Why no update is made any more; empty where updates can be made."""
    return _OVER.get(run.state, "The run is over: no update is made any more.") if run.is_over else ""
