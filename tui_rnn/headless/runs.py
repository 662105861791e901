"""`tui-rnn runs`: the runs under runs/, newest first."""

import sys

from tui_rnn import stdio
from tui_rnn.engine.goal import Goal
from tui_rnn.engine.kinds import Ending
from tui_rnn.runs.listing import RunLine, list_runs
from tui_rnn.runs.log import as_line
from tui_rnn.runs.new_folder import RUNS
from tui_rnn.safe_text import safe_text
from tui_rnn.wording import duration_text, loss_text, step_goal_text, time_goal_text


def show(*, as_json: bool) -> int:
    """Print a line for each run, or a JSON object."""
    lines = list_runs()
    if as_json:
        sys.stdout.writelines(as_line(line.as_record()) for line in lines)
        return 0
    if not lines:
        stdio.write_stderr(f"no runs under {RUNS}/ yet: begin one with tui-rnn CORPUS, any text file\n")
        return 0
    names, recipes, states = (
        [safe_text(text, one_line=True) for text in texts]
        for texts in zip(*((line.run, line.recipe, _state(line)) for line in lines), strict=True)
    )
    ways = [_way(line) for line in lines]
    width, way_width, state_width = max(map(len, names)), max(21, *map(len, ways)), max(10, *map(len, states))
    for name, recipe, state, way, line in zip(names, recipes, states, ways, lines, strict=True):
        best = loss_text(line.best_smooth_loss, line.seq_length)
        if line.best_smooth_loss is not None:
            best = f"best {best} at step {line.best_step:,}"
        print(f"{name:<{width}}  {recipe:<8}{state:<{state_width}}  step {way:<{way_width}} {best}")
    return 0


def _state(line: RunLine) -> str:
    """How it stands, in words: `training`; `finished, in use` where a screen still shows it."""
    words = _ENDED.get(line.state, line.state)
    if not line.saved:
        words += ", not saved"
    return words + ", in use" * (line.in_use and line.state != "training")


_ENDED: dict[str, str] = {Ending.STEPS: "finished", Ending.SIGNAL: "stopped by a signal"}


def _way(line: RunLine) -> str:
    """How far the run has come on the way to its goal, the steps right-aligned."""
    goal = Goal(line.steps, line.minutes)
    time = "" if line.minutes is None else f" in {duration_text(line.elapsed_seconds)}{time_goal_text(goal)}"
    return f"{line.step:>9,}{step_goal_text(goal)}{time}"
