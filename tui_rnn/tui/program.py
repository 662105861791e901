"""What one process shows, one thing after another: a run in training, and what is made of it after a divergence."""

import shlex

from tui_rnn import stdio
from tui_rnn.engine.errors import TuiRnnError
from tui_rnn.runs.job import Job, gone_back
from tui_rnn.safe_text import safe_text
from tui_rnn.tui.app import TuiRnnApp
from tui_rnn.tui.panels.base import ScreenOptions
from tui_rnn.tui.shell import shown


def train(
    job: Job, options: ScreenOptions | None = None, *, progress_every: int = 1000, is_attended: bool = True
) -> int:
    """Train the job on the live screen, and what is made of it after a divergence; the exit code of the contract.

    `is_attended`: somebody can press a key; else the screen closes when training ends.
    """
    while True:
        app = TuiRnnApp(job, options, progress_every=progress_every, is_attended=is_attended)
        with job:
            exit_code = shown(app, job.directory)
        if not app.leads_on:
            return exit_code
        try:
            job = gone_back(job)
        except TuiRnnError as error:
            by_hand = f"tui-rnn resume {shlex.quote(job.run)} --eta {job.hyperparameters.eta / 2:g} --run DIR"
            line = safe_text(f"the run could not go back: {error}; by hand: {by_hand}", one_line=True)
            stdio.write_stderr(f"tui-rnn: {line}\n")
            return exit_code
