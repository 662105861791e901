"""The header's figures as tiles, the most important first: a label, a value, a note."""

import math
from dataclasses import dataclass

from tui_rnn.engine.recent import LAGS_BEFORE, RECENT_UPDATES
from tui_rnn.safe_text import safe_text
from tui_rnn.tui.header.status import Status
from tui_rnn.wording import counted, duration_text, epoch_text, figure, rate_text


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure under its label."""

    label: str
    value: str
    colour: str = "$foreground"
    note: str = ""  # below the value, where there are three rows
    inline: str = ""  # what stands on a single row in place of label and value; "{}" where the value does
    shorter: tuple[str, ...] = ()  # other words for the value, where it does not fit


def tiles_of(status: Status) -> list[Tile]:
    """The tiles of a run, the most important first."""
    head = _headline(status)
    unsaved = [_unsaved(status)] if status.unsaved_reason else []
    if status.smooth is None:
        return [*head, *unsaved, *_compiling(status), *_gradient(status), *_guessing(status)]
    return [*head, *unsaved, *_losses(status), *_course(status), *_gradient(status), _smooth_sum(status)]


def _headline(status: Status) -> list[Tile]:
    """The loss in nats and bits: of the held-out text where there is one and the smooth loss still lags behind."""
    nats: float | None
    if status.held_out_leads:
        nats, note, colour = status.held_out, f"step {status.held_out_step:,}", "$text-secondary"
        label = "nats/char held out"
    else:
        nats, note, colour, label = status.smooth, "smooth loss", "$text-primary", "nats/char"
    bits = None if nats is None else nats / math.log(2)
    return [
        Tile(label, figure(nats, 3), colour, note, inline=f"{{}} {label}"),
        Tile("bits/char", figure(bits, 3), inline="{} bits/char"),
    ]


def _losses(status: Status) -> list[Tile]:
    found = []
    if status.lags:
        if status.recent is not None:
            found.append(Tile("recent", figure(status.recent, 3), note=f"last {RECENT_UPDATES} updates"))
        if status.held_out_leads:
            found.append(Tile("smooth", figure(status.smooth, 3), "$text-primary", f"lags until {LAGS_BEFORE:,}"))
    if status.best is not None and status.best_step:
        found.append(Tile("best", figure(status.best, 3), "$text-success", f"step {status.best_step:,}"))
    if status.held_out is not None and not status.held_out_leads:
        note = f"step {status.held_out_step:,}"
        if status.best_held_out is not None and status.best_held_out < status.held_out:
            note = f"best {figure(status.best_held_out, 3)}"
        found.append(Tile("held out", figure(status.held_out, 3), "$text-secondary", note))
    return found


def _course(status: Status) -> list[Tile]:
    """How far in the text, how fast, and what of it is on disk."""
    part = status.goal.part(status.step, status.elapsed_seconds)
    note = f"of {_few(status.epoch / part)}" if part > 0 else ""
    found = [Tile("epoch", epoch_text(status.epoch), note=note)]
    if rate := status.updates_per_second:
        text, per_character = f"{rate_text(rate)}/s", rate * status.seq_length * status.batch_size
        found.append(Tile("speed", text, note=f"{_thousands(per_character)} chars/s", inline="{}"))
    if status.saved_seconds_ago is not None:
        age = duration_text(status.saved_seconds_ago)
        found.append(Tile("saved", f"✓ {age} ago", note=f"step {status.saved_step:,}", inline=f"✓ {age}"))
    elif status.saved_step:  # by an earlier process
        text = f"✓ step {status.saved_step:,}"
        found.append(Tile("saved", text, inline="{}"))
    elif status.step:
        has_ended = status.is_viewed and status.state not in ("training", "paused")  # and no state of it can be read
        found.append(Tile("saved", "nothing" if has_ended else "not yet", "$muted"))
    is_held = status.state == "paused" and not status.is_viewed  # then one may wish to save
    if is_held and status.unsaved_steps > 0 and not status.unsaved_reason:
        updates = counted(status.unsaved_steps, "update")
        found.append(Tile("unsaved", updates, note="c saves them", inline=f"{updates} unsaved"))
    return found


def _gradient(status: Status) -> list[Tile]:
    if status.checked is None:
        checking = status.state in ("reading", "checking")
        return [Tile("gradient", "checking", "$muted")] if checking else []
    error, parameter = status.checked.error, status.checked.parameter
    if status.checked.passed:
        return [Tile("gradient", f"✓ {error:.1e}", "$text-success", f"worst: {parameter}")]
    return [Tile("gradient", f"✖ {parameter} {error:.0e}", "$text-error", "check failed")]


def _compiling(status: Status) -> list[Tile]:
    if not status.compiling_seconds:
        return []
    words = f"once: about {status.compiling_seconds} s"
    return [Tile("compiling the kernel", words, "$text-accent", inline="compiling the kernel, {}")]


def _guessing(status: Status) -> list[Tile]:
    return [] if status.uniform is None else [Tile("guessing", figure(status.uniform, 3), note="ln K")]


def _smooth_sum(status: Status) -> Tile:
    """The assignment's own figure."""
    total = None if status.smooth is None else status.smooth * status.seq_length
    return Tile("smooth loss", figure(total, 2), note=f"sum of {status.seq_length:,}")


def _unsaved(status: Status) -> Tile:
    reason = safe_text(status.unsaved_reason, one_line=True)
    steps = counted(status.unsaved_steps, "step")
    words = (f"✖ {steps}: {reason}, trying again", f"✖ {steps}: {reason}", f"✖ {steps}, trying again", f"✖ {steps}")
    return Tile("unsaved", words[0], "$text-error", shorter=words[1:])


def _few(epochs: float) -> str:
    """`0.03`, `1.7` or `96`: epochs that a run will have read at its end."""
    return f"{epochs:.2f}" if epochs < 1 else f"{epochs:.1f}" if epochs < 9.95 else f"{epochs:,.0f}"


def _thousands(rate: float) -> str:
    """`58k`, `1.2k` or `310`."""
    return f"{rate / 1000:,.0f}k" if rate >= 9950 else f"{rate / 1000:.1f}k" if rate >= 1000 else f"{rate:.0f}"
