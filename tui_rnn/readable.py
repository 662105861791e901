"""What people read: foreign text made safe for a terminal, and figures in the words that every front end uses."""

import math
import re
import shlex
import unicodedata
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from tui_rnn.engine.goal import UNLIMITED
from tui_rnn.engine.text import held_out_length

if TYPE_CHECKING:  # by name alone: the first frame is painted before NumPy is imported
    from tui_rnn.engine.config import RunConfig
    from tui_rnn.engine.events import Done, GradientChecked, HeldOut
    from tui_rnn.engine.goal import Goal

MOST_MARKS = 8  # combining marks kept on one character
_MARKS = re.compile(f"([\u0300-\U0010ffff]{{{MOST_MARKS + 1},}})")
# Medial vowels and final consonants of Hangul: letters, but no terminal gives them a cell of their own.
_JOINING_LETTERS = (range(0x1161, 0x1200), range(0xD7B0, 0xD800))
# What Unicode calls default ignorable and is neither a control nor a format character: it hides wherever it stands.
# Among them are the variation selectors: whether one makes a character wide, each terminal decides for itself.
_IGNORABLE = (
    *(0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B, 0x180C, 0x180D, 0x180F, 0x3164, 0xFFA0),
    *range(0xFE00, 0xFE10),
    *range(0xE0100, 0xE01F0),
)
_SKIN_TONES = range(0x1F3FB, 0x1F400)  # of no width after some characters, on some terminals
_FLAG_LETTERS = range(0x1F1E6, 0x1F200)  # in pairs a flag: of one, two or four cells


class _Pictures(dict[int, str]):
    """A translation table that finds what to show for a code point when it is first met."""

    def __missing__(self, code: int) -> str:
        self[code] = shown = _picture(code)
        return shown


def _picture(code: int) -> str:
    if code < 0x20:
        return chr(0x2400 + code)  # ␀ … ␟, among them ␛ for the escape character
    if code == 0x7F:
        return "␡"
    if code in _FLAG_LETTERS:
        return chr(code - 0x1F1E6 + 0x1F130)  # 🄰 … 🅉, one cell each
    # Cc: C1 controls. Cf: direction overrides and isolates, zero-width characters. Zl, Zp: line and paragraph
    # separators. Cs: lone surrogates, which no terminal's encoding holds. Cn, Co: widths nobody agrees on.
    hides = unicodedata.category(chr(code)) in ("Cc", "Cf", "Zl", "Zp", "Cs", "Cn", "Co")
    if hides or code in _IGNORABLE or code in _SKIN_TONES:
        return "\N{REPLACEMENT CHARACTER}"
    return chr(code)


_KEEPING_LINES = _Pictures({0x0A: "\n"})
_ONE_LINE = _Pictures({0x0A: "␊"})


def safe_text(text: str, *, one_line: bool = False, after: str = "") -> str:
    """The text as a terminal may be given it: every character that could steer it is a picture, one cell wide.

    So is what hides, and what terminals do not agree on the width of. Line feeds are kept, or shown as ␊ where the text
    has to stay on one line. A run of combining marks is cut to MOST_MARKS, with those at the end of `after`, the text
    that it is shown right behind. Everything that comes from a corpus, a checkpoint, a path or an error passes here
    before it is shown.
    """
    if before := after[-MOST_MARKS:]:  # none of its marks is cut, and each of its characters stays one
        return safe_text(before + text, one_line=one_line)[len(before) :]
    shown = text.translate(_ONE_LINE if one_line else _KEEPING_LINES)
    return shown if shown.isascii() else _MARKS.sub(lambda run: "".join(_bounded(run.group())), shown)


def _bounded(text: str) -> Iterator[str]:
    marks = 0
    for character in text:
        marks = marks + 1 if _joins(character) else 0
        if marks <= MOST_MARKS:
            yield character


def _joins(character: str) -> bool:
    """Whether it is drawn into the cell of the character before it."""
    return unicodedata.category(character) in ("Mn", "Me", "Mc") or any(
        ord(character) in letters for letters in _JOINING_LETTERS
    )


def nats_and_bits(smooth_loss: float, seq_length: int) -> tuple[float, float]:
    """A loss summed over the sequence, in nats per character and in bits per character."""
    nats = smooth_loss / seq_length
    return nats, nats / math.log(2)


TOO_LONG = 1e6  # a loss of a network that has diverged: from here on with an exponent


def figure(value: float, decimals: int) -> str:
    """A loss with so many decimals, or with an exponent where it is huge."""
    return f"{value:.{decimals}f}" if value < TOO_LONG else f"{value:.2e}"


def loss_text(smooth_loss: float | None, seq_length: int) -> str:
    """`51.32 (2.053 nats/char, 2.962 bits/char)`."""
    if smooth_loss is None or not math.isfinite(smooth_loss):
        return "no loss yet"
    nats, bits = nats_and_bits(smooth_loss, seq_length)
    return f"{figure(smooth_loss, 2)} ({figure(nats, 3)} nats/char, {figure(bits, 3)} bits/char)"


def held_out_text(event: "HeldOut") -> str:
    """`1.523 nats/char; best 1.510 at step 9,000`."""
    nats = event.nats_per_char
    text = "no finite loss" if nats is None else f"{figure(nats, 3)} nats/char"
    if event.best_nats_per_char is None or event.best_step is None:
        return text
    return f"{text}; best {figure(event.best_nats_per_char, 3)} at step {event.best_step:,}"


def nats_text(nats: float) -> str:
    """`1.523 nats/char, 2.197 bits/char`."""
    return f"{figure(nats, 3)} nats/char, {figure(nats / math.log(2), 3)} bits/char"


def text_size(corpus: Mapping[str, Any], holdout: float) -> str:
    """`882,242 characters, K = 75`, and how many of them are held out, if any."""
    size = f"{corpus['characters']:,} characters, K = {corpus['vocab_size']:,}"
    held_out = held_out_length(corpus["characters"], holdout)
    return f"{size}, {held_out:,} held out" if held_out else size


def recipe_text(config: "RunConfig") -> str:
    """`fast: nadam, eta = 0.014, seed 0`; of a recipe named after its optimizer, that name once."""
    name = config.recipe if config.recipe == config.optimizer else f"{config.recipe}: {config.optimizer}"
    return f"{name}, eta = {config.eta:g}, seed {config.seed}"


def duration_text(seconds: float) -> str:
    """`42 s`, `3:07` or `1:03:07`."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def of_steps(goal: "Goal") -> str:
    """` of 100,000`, to follow a number of steps; nothing where the time alone bounds the run."""
    return "" if _unlimited(goal) else f" of {goal.steps:,}"


def of_time(goal: "Goal") -> str:
    """` of 30 s`, to follow a time trained; nothing where the steps alone bound the run."""
    return "" if goal.minutes is None else f" of {_budget_text(goal)}"


def goal_text(goal: "Goal") -> str:
    """`100,000 steps`, `30 s of training`, or `100,000 steps or 30 s of training`."""
    steps = "" if _unlimited(goal) else f"{goal.steps:,} steps"
    time = "" if goal.minutes is None else f"{_budget_text(goal)} of training"
    return " or ".join(filter(None, (steps, time)))


def _unlimited(goal: "Goal") -> bool:
    return goal.minutes is not None and goal.steps >= UNLIMITED


def _budget_text(goal: "Goal") -> str:
    """As `duration_text`, with the part of a second that a short budget may have."""
    return f"{goal.seconds:.3g} s" if goal.seconds < 59.5 else duration_text(goal.seconds)


METHOD_NAMES = {"central": "central differences", "complex": "complex step"}


def gradient_title(check: "GradientChecked") -> str:
    """`central differences, delta 1e-04, m = 100, T = 25: PASS`."""
    verdict = "PASS" if check.passed else "FAIL"
    sizes = f"m = {check.hidden_size}, T = {check.seq_length}"
    return f"{METHOD_NAMES[check.method]}, delta {check.delta:.0e}, {sizes}: {verdict}"


# Headings, in full and for a narrow place, and the order in which columns are given up where even those do not fit.
_COLUMNS = {
    "parameter": "θ",
    "shape": "shape",
    "checked": "tried",
    "relative error": "rel. error",
    "worst element": "worst",
    "absolute": "absolute",
    "verdict": "",
}
_LEAST_TELLING = ("absolute", "worst element", "shape")


def gradient_table(check: "GradientChecked", width: int | None = None) -> list[str]:
    """The gradient check's rows under their headings, in aligned columns, within `width` where it is given."""
    cells = {
        "parameter": [row.parameter for row in check.rows],
        "shape": ["×".join(map(str, row.shape)) for row in check.rows],
        "checked": [f"{row.checked:,}" for row in check.rows],
        "relative error": [f"{row.relative_error:.2e}" for row in check.rows],
        "worst element": [f"{row.max_relative_error:.1e} [{', '.join(map(str, row.max_index))}]" for row in check.rows],
        "absolute": [f"{row.max_absolute_error:.1e}" for row in check.rows],
        "verdict": [row.verdict.upper() for row in check.rows],
    }
    columns = {name: [name, *column] for name, column in cells.items()}
    if width is not None and _width(columns) > width:
        columns = {name: [_COLUMNS[name], *column] for name, column in cells.items()}
        for name in _LEAST_TELLING:
            if _width(columns) > width:
                del columns[name]
    widths = [max(map(len, column)) for column in columns.values()]
    return ["  ".join(map(str.ljust, line, widths)).rstrip() for line in zip(*columns.values(), strict=True)]


def _width(columns: dict[str, list[str]]) -> int:
    return sum(max(map(len, column)) for column in columns.values()) + 2 * (len(columns) - 1)


def summary(done: "Done", config: "RunConfig", goal: "Goal", run: str) -> list[str]:
    """What is said when a run has ended: why, the best loss, the steps and time, where it is, how to go on."""
    why = {"steps": "Finished", "stopped": "Stopped", "signal": "Stopped by a signal", "diverged": "Diverged"}
    spent = done.elapsed_seconds >= goal.seconds
    steps = f"{done.step:,}{of_steps(goal)} steps"
    time = duration_text(done.elapsed_seconds) + ("" if spent else of_time(goal))
    lines = [
        f"{why[done.reason]} after " + (f"{steps} in {time}" if goal.minutes is None else f"{time} and {steps}"),
        f"smooth loss   {loss_text(done.smooth_loss, config.seq_length)}",
    ]
    if done.best_step:
        lines.append(f"best          {loss_text(done.best_smooth_loss, config.seq_length)} at step {done.best_step:,}")
    if done.held_out_nats_per_char is not None:
        lines.append(f"held out      {nats_text(done.held_out_nats_per_char)}")
    if done.best_held_out_nats_per_char is not None:
        best = nats_text(done.best_held_out_nats_per_char)
        lines.append(f"best held out {best} at step {done.best_held_out_step:,}")
    lines.append(f"run           {safe_text(run, one_line=True)}")
    resume = f"tui-rnn resume {shlex.quote(run)}"
    if done.reason == "diverged":
        lines.append(f"go back with  {safe_text(resume, one_line=True)} --eta {config.eta / 2:g}, as a new run")
    elif not done.saved:
        lines.append("not saved     the updates since the last checkpoint are lost")
    elif done.step >= goal.steps:
        lines.append(f"go on with    {safe_text(resume, one_line=True)} --steps {max(1, goal.steps) * 2}")
    elif spent and goal.minutes is not None:
        lines.append(f"go on with    {safe_text(resume, one_line=True)} --minutes {goal.minutes * 2:g}")
    else:
        lines.append(f"go on with    {safe_text(resume, one_line=True)}")
    if done.best_saved:
        sample = safe_text(f"tui-rnn sample {shlex.quote(run)}", one_line=True)
        lines.append(f"best model    {sample}")
        if done.best_held_out_step is not None:
            lines.append(f"by held out   {sample} --held-out")
    return [*lines, f"state sha256  {done.state_sha256}"]
