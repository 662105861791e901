"""`tui-rnn runs`: the runs under runs/, newest first."""

import sys

from tui_rnn.readable import loss_text, safe_text
from tui_rnn.runs.directory import RUNS
from tui_rnn.runs.listing import list_runs
from tui_rnn.runs.log import as_line


def show(*, as_json: bool) -> int:
    """Print a line for each run, or a JSON object."""
    lines = list_runs()
    if as_json:
        sys.stdout.writelines(as_line(line.as_record()) for line in lines)
        return 0
    if not lines:
        print(f"no runs under {RUNS}/ yet: begin one with tui-rnn corpora/goblet.txt", file=sys.stderr)
        return 0
    names = [safe_text(line.run, one_line=True) for line in lines]
    width = max(map(len, names))
    for name, line in zip(names, lines, strict=True):
        best = loss_text(line.best_smooth_loss, line.seq_length)
        if line.best_smooth_loss is not None:
            best += f" at step {line.best_step:,}"
        print(f"{name:<{width}}  {line.recipe:<7}{line.state:<12}step {line.step:>9,} of {line.steps:<9,} best {best}")
    return 0
