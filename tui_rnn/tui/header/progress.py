"""The header's first line: state, text and recipe, a bar, and how far the run has come, over the whole width."""

from textual.content import Content

from tui_rnn.engine.joined_text import short_name
from tui_rnn.safe_text import safe_text
from tui_rnn.tui.header.status import STATES, Status
from tui_rnn.wording import clock_text, duration_text, goal_difference, percent_text, steps_bound

_NAMES_FROM = 92  # columns; below it the names of text and recipe are left out
_LEAST_BAR = 6
_GAP = "   "


def progress(status: Status, width: int) -> Content:
    """The line in exactly this width. What does not fit is left out whole: names first, the count of steps last."""
    head = _state(status)
    names = _names(status) if width >= _NAMES_FROM or status.state == "reading" else Content()
    hints, right = _hints(status), _right(status)
    choices: list[tuple[Content, list[Content], list[Content]]] = [(names, hints, right)]
    choices += [(Content(), hints[:shown], right) for shown in range(len(hints), -1, -1)]
    choices += [(Content(), [], right[:shown]) for shown in range(len(right) - 1, -1, -1)]
    room = width - 2  # a blank at each end
    for names, hints, right in choices:
        left = Content(_GAP).join([head + _named(names), *hints])
        ends = Content(_GAP).join(right)
        bar = room - left.cell_length - ends.cell_length - (3 if right else 0) - 3
        if bar >= _LEAST_BAR:
            middle = Content.assemble(_GAP, _bar(status, bar), _GAP if right else "")
            return Content.assemble(" ", left, middle, ends, " ")
    for words in ([head, *right[:1]], [head], [head[:1]]):
        line = Content(_GAP).join(words)
        if line.cell_length <= room:
            return Content.assemble(" ", line, " " * (width - 1 - line.cell_length))
    return Content(" " * width)


def _state(status: Status) -> Content:
    glyph, word, colour = STATES[status.state]
    return Content.styled(f"{glyph} {word}", f"b {colour}")


def _named(names: Content) -> Content:
    return Content("  ") + names if names else names


def _names(status: Status) -> Content:
    if status.state == "diverged":  # what happened matters more
        return Content()
    if status.state == "reading":
        return Content.styled(safe_text(status.corpus, one_line=True), "$foreground")
    name = safe_text(short_name(status.corpus), one_line=True)
    return Content.assemble((name, "$foreground"), (" · ", "$muted"), (status.recipe, "$muted")) if name else Content()


def _hints(status: Status) -> list[Content]:
    """What happened, and what a key does about it."""
    more = "" if status.further is None else goal_difference(status.goal, status.further)
    if status.is_viewed and status.state != "diverged":
        if status.state in ("training", "paused"):  # in another process
            return [Content.styled("only looked at", "$muted")]
        return [_keys(("t", f"train on, {more} more" if more else "train on"))]
    match status.state:
        case "paused":
            return [_keys(("n", "one update"), ("space", "go on"))]
        case "done" if more:
            return [_keys(("space:", f"{more} more"))]
        case "diverged":
            why = safe_text(short_reason(status.why_diverged), one_line=True)
            happened = f"after step {status.step:,}: {why}" if why else f"after step {status.step:,}"
            hints = [Content.styled(happened, "$foreground")]
            if status.saved_step and status.eta_back is not None:
                hints.append(_keys(("e", f"back to step {status.saved_step:,} with eta {status.eta_back:g}")))
            return hints
    return []


def short_reason(message: str) -> str:
    """Of `diverged at update 4: the loss is inf on characters 15 to 20 (…)` what is wrong, and no more."""
    what = message.partition(": ")[2] if message.startswith("diverged ") else message.partition(": ")[0]
    return what.partition(" on characters ")[0]


def _keys(*keys: tuple[str, str]) -> Content:
    words = [Content.assemble((key, "$text-accent"), " ", (does, "$muted")) for key, does in keys]
    return Content.styled(", ", "$muted").join(words)


def _right(status: Status) -> list[Content]:
    """How far the run has come, the most important first."""
    goal, part = status.goal, status.goal.part(status.step, status.elapsed_seconds)
    if status.state == "reading":
        return [Content.styled(status.size, "$muted")] if status.size else []
    steps = Content.assemble((f"{status.step:,}", "b $foreground"))
    if steps_bound(goal):
        steps += Content.styled(f" of {goal.steps:,}", "$muted")
    percent = Content.styled(percent_text(part), "$foreground")
    timed: list[Content] = []
    if goal.minutes is not None:
        of = Content.styled(f" of {clock_text(goal.seconds)}", "$muted")
        timed = [Content.styled(clock_text(status.elapsed_seconds), "b $foreground") + of]
        if not steps_bound(goal):
            return [*timed, percent, Content.styled(f"step {status.step:,}", "$muted")]
    match status.state:
        case "done" | "stopped":
            spent = Content.styled(f"in {duration_text(status.elapsed_seconds)}", "$foreground")
            return [steps, *(timed or [spent])]
        case "saving" | "diverged" | "cut off":
            return [steps, *timed]
    left = goal.seconds_left(status.step, status.elapsed_seconds, status.updates_per_second)
    shown = [steps, *timed, percent]
    if left is not None and status.state == "training":
        shown.append(Content.styled(f"{duration_text(left)} left", "$foreground"))
    return shown


def _bar(status: Status, width: int) -> Content:
    *_, colour = STATES[status.state]
    part = status.goal.part(status.step, status.elapsed_seconds) if status.state != "reading" else 0.0
    return bar(part, width, colour)


def bar(part: float, width: int, colour: str) -> Content:
    """The part of the way that is behind, to half a cell, in this colour."""
    full, half = divmod(int(2 * width * part), 2)
    done = "━" * full + "╸" * half
    return Content.assemble((done, colour), ("━" * (width - len(done)), "$faint"))
