"""What people read: figures and sentences in the words that every front end uses."""

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tui_rnn.engine.errors import counted as counted
from tui_rnn.engine.errors import listed as listed
from tui_rnn.engine.goal import UNLIMITED
from tui_rnn.engine.kernels.choice import NUMPY
from tui_rnn.engine.recent import comparable_loss, smooth_loss_lags
from tui_rnn.engine.recipes import RECIPES
from tui_rnn.engine.text import held_out_length

if TYPE_CHECKING:  # by name alone: the first frame is painted before NumPy is imported
    from tui_rnn.engine.config import RunConfig
    from tui_rnn.engine.events import Adjusted, HeldOut, Sample
    from tui_rnn.engine.goal import Goal


def nats_and_bits(smooth_loss: float, seq_length: int) -> tuple[float, float]:
    """A loss summed over the sequence, in nats per character and in bits per character."""
    nats = smooth_loss / seq_length
    return nats, nats / math.log(2)


_LARGE = 1e4
TOO_LONG = 1e6  # a loss of a network that has diverged: from here on with an exponent


def figure(value: float | None, decimals: int) -> str:
    """A loss with so many decimals, with an exponent where it is huge or they would show it as 0; `–` where none is.

    Of ten thousand and more, which only a network off course loses, no decimals: `60,610`.
    """
    if value is None:
        return "–"
    if _LARGE <= abs(value) < TOO_LONG:
        return f"{value:,.0f}"
    tiny = 0 < abs(value) < 0.5 * 10**-decimals
    return f"{value:.2e}" if tiny or not abs(value) < TOO_LONG else f"{value:.{decimals}f}"


def rate_text(rate: float) -> str:
    """`4,012`, `9.6` or `0.25`: so many a second."""
    return f"{rate:,.0f}" if rate >= 9.95 else f"{rate:.2g}"


def percent_text(part: float) -> str:
    """`99 %` of a way; not 100 before its end."""
    return f"{math.floor(100 * part + 1e-6)} %"


def epoch_text(epoch: float) -> str:
    """`0.99`: epochs read so far; not 1.00 before the end of the first."""
    return f"{math.floor(100 * epoch + 1e-6) / 100:.2f}"


def loss_text(smooth_loss: float | None, seq_length: int) -> str:
    """`2.053 nats/char, 2.962 bits/char (sum of 25: 51.32)`."""
    if smooth_loss is None:
        return "no loss yet"
    if not math.isfinite(smooth_loss):
        return "no finite loss"
    nats, bits = nats_and_bits(smooth_loss, seq_length)
    total = f"sum of {seq_length:,}: {figure(smooth_loss, 2)}"
    return f"{figure(nats, 3)} nats/char, {figure(bits, 3)} bits/char ({total})"


def sample_nats(sample: "Sample", seq_length: int) -> float | None:
    """The loss, in nats per character, of the network that wrote it: the recent one while the smooth one lags."""
    smooth = None if sample.smooth_loss is None else sample.smooth_loss / seq_length
    return comparable_loss(sample.step, smooth, sample.recent_nats_per_char)


def sample_loss_text(sample: "Sample", seq_length: int) -> str:
    """`1.862 nats/char`; while the smooth loss lags with `recent` or `smooth` behind it; "" of none."""
    nats = sample_nats(sample, seq_length)
    if nats is None:
        return ""
    which = "" if not smooth_loss_lags(sample.step) else " smooth" if sample.recent_nats_per_char is None else " recent"
    return f"{figure(nats, 3)} nats/char{which}"


def held_out_text(event: "HeldOut") -> str:
    """`1.523 nats/char; best 1.510 at step 9,000`."""
    nats = event.nats_per_char
    text = "no finite loss" if nats is None or not math.isfinite(nats) else f"{figure(nats, 3)} nats/char"
    if event.best_nats_per_char is None or event.best_step is None:
        return text
    return f"{text}; best {figure(event.best_nats_per_char, 3)} at step {event.best_step:,}"


def per_char_text(nats: float) -> str:
    """`1.523 nats/char, 2.197 bits/char`."""
    return f"{figure(nats, 3)} nats/char, {figure(nats / math.log(2), 3)} bits/char"


def text_size(corpus: Mapping[str, Any], holdout: float) -> str:
    """`882,242 characters, K = 75`, and how many of them are held out, if any."""
    size = f"{counted(corpus['characters'], 'character')}, K = {corpus['vocab_size']:,}"
    held_out = held_out_length(corpus["characters"], holdout)
    return f"{size}, {held_out:,} held out" if held_out else size


def written_text(share: float | None, bits: float | None) -> str:
    """`93 % real words, 1.63 bits/char`: of a text that a network wrote, what is known of it."""
    real = [] if share is None else [f"{100 * share:.0f} % real words"]
    return ", ".join([*real, *([] if bits is None else [f"{bits:.2f} bits/char"])])


_PARTS = {
    0.5: "half",
    1 / 3: "third",
    0.25: "quarter",
    0.2: "fifth",
    0.1: "tenth",
    0.05: "twentieth",
    0.01: "hundredth",
}


def part_text(part: float) -> str:
    """`tenth` or `12 %`: a part of a text."""
    return _PARTS.get(part, f"{100 * part:g} %")


def cell_name(cell: str) -> str:
    """`RNN`, `LSTM`, `GRU`: as they are written; another's name as it is."""
    return cell.upper() if cell in ("rnn", "lstm", "gru") else cell


def network_text(config: "RunConfig") -> str:
    """`RNN`, or `LSTM, 2 layers`; where something is dropped between them, how much of it."""
    layers = f", {counted(config.layers, 'layer')}" if config.layers > 1 else ""
    dropped = f", dropout {config.dropout:g}" if config.dropout else ""
    return f"{cell_name(config.cell)}{layers}{dropped}"


def kernel_text(config: "RunConfig") -> str:
    """`, kernel numba`; nothing of the one in NumPy, which is what a reader takes for granted."""
    return "" if config.kernel == NUMPY else f", kernel {config.kernel}"


def recipe_text(config: "RunConfig") -> str:
    """`fast: nadam, eta = 0.014, seed 0`; of a recipe named after its optimizer, that name once.

    With the order of the text, where that is not the recipe's.
    """
    name = config.recipe if config.recipe == config.optimizer else f"{config.recipe}: {config.optimizer}"
    chunks = "shuffled chunks" if config.chunks is None else counted(config.chunks, "shuffled chunk")
    order = {"sequential": "in sequence", "random": "windows at random", "chunks": chunks}[config.order]
    usual = RECIPES[config.recipe].settings.get("order", "sequential")
    is_usual = config.order == usual and (config.order != "chunks" or config.chunks is None)
    return f"{name}, eta = {config.eta:g}{'' if is_usual else f', {order}'}, seed {config.seed}"


def unit_number(unit: int, m: int, layers: int) -> str:
    """A hidden unit's number in its layer of m, with the layer's before it where there are several: `14`, `2·14`."""
    return f"{unit // m + 1}·{unit % m}" if layers > 1 else str(unit)


def duration_text(seconds: float) -> str:
    """`42 s`, `3:07` or `1:03:07`."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def clock_text(seconds: float) -> str:
    """`0:19`, `3:07` or `1:03:07`: a time beside another one."""
    whole = max(0, round(seconds))
    return f"0:{whole:02}" if whole < 60 else duration_text(whole)


def steps_bound(goal: "Goal") -> bool:
    """Whether a number of steps ends the run, and not the time alone."""
    return goal.minutes is None or goal.steps < UNLIMITED


def goal_difference(goal: "Goal", further: "Goal") -> str:
    """`60,000` or `30 s`: how much further a second goal lies, to be followed by `more`; empty where it does not."""
    if further.steps > goal.steps and steps_bound(goal):
        return f"{further.steps - goal.steps:,}"
    return duration_text(further.seconds - goal.seconds) if further.seconds > goal.seconds else ""


def age_text(seconds: float) -> str:
    """`now`, `5 min`, `10 h`, `3 d`, `8 w`: how long ago something was."""
    for size, unit in ((604_800, "w"), (86_400, "d"), (3600, "h"), (60, "min")):
        if seconds >= (2 if unit == "w" else 1) * size:
            return f"{seconds // size:.0f} {unit}"
    return "now"


def step_goal_text(goal: "Goal") -> str:
    """` of 100,000`, to follow a number of steps; nothing where the time alone bounds the run."""
    return f" of {goal.steps:,}" if steps_bound(goal) else ""


def time_goal_text(goal: "Goal") -> str:
    """` of 30 s`, to follow a time trained; nothing where the steps alone bound the run."""
    return "" if goal.minutes is None else f" of {_budget_text(goal)}"


def goal_text(goal: "Goal") -> str:
    """`100,000 steps`, `30 s of training`, or `100,000 steps or 30 s of training`."""
    steps = counted(goal.steps, "step") if steps_bound(goal) else ""
    time = "" if goal.minutes is None else f"{_budget_text(goal)} of training"
    return " or ".join(filter(None, (steps, time)))


def other_future(config: "RunConfig", further: "Goal") -> str:
    """Why a run that goes on to this goal is not the one that had it from the start; "" where it is the same."""
    if config.schedule == "constant":
        return ""
    end = f"it goes on with the eta of its end, {config.eta / 100:.2g}"
    goal = goal_text(further)
    return f"The {config.schedule} schedule of eta is over: {end}. A run of {goal} from the start would be another."


def _budget_text(goal: "Goal") -> str:
    """As `duration_text`, with the part of a second that a short budget may have."""
    return f"{goal.seconds:.3g} s" if goal.seconds < 59.5 else duration_text(goal.seconds)


# The hyperparameters that can be adjusted, as they are called where there is room for a word.
SETTINGS = {
    "eta": "eta",
    "clip": "clip",
    "clip_norm": "clip norm",
    "sample_every": "sample every",
    "sample_length": "sample length",
    "temperature": "temp",
    "top_p": "top-p",
}


def setting_text(name: str, value: Any) -> str:
    """The value of a hyperparameter: `0.05`, `none`, `10,000`, `time`."""
    if value is None:
        return "none"
    if name == "sample_every" and value == UNLIMITED:  # parts of a budget of minutes say when
        return "time"
    return f"{value:,}" if isinstance(value, int) else f"{value:g}" if isinstance(value, float) else str(value)


def adjusted_text(event: "Adjusted") -> str:
    """`eta 0.1 → 0.05 from step 12,001 on`; or that it stays as it is, and why."""
    name, before = SETTINGS.get(event.name, event.name), setting_text(event.name, event.before)
    if event.refused_because:
        return f"{name} stays {before}: {event.refused_because}"
    return f"{name} {before} → {setting_text(event.name, event.value)} from step {event.step + 1:,} on"


def changes_text(name: str, changes: "Sequence[Adjusted]", *, steps: bool = True) -> str:
    """The values that a hyperparameter had in a run's course: `0.1 → 0.01 from 12,001`; "" where it had one alone.

    Of more than two changes the first value and the last; without `steps` `0.1 → 0.01`.
    """
    own = [each for each in changes if each.name == name]
    if not own:
        return ""
    course = [(0, own[0].before)]
    for step, value in {each.step: each.value for each in own}.items():  # of several after one update the last counts
        if value != course[-1][1]:
            course.append((step, value))
    if len(course) == 1:
        return ""
    words = [setting_text(name, value) + (f" from {step + 1:,}" if steps and step else "") for step, value in course]
    return " → ".join(words if len(words) <= 3 else [words[0], "…", words[-1]])
