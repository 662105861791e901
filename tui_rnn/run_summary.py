"""What is said when a run has ended: why, its losses, where it is, and the commands that go on with it."""

import shlex

from tui_rnn.command_words import goal_options
from tui_rnn.engine.config import RunConfig
from tui_rnn.engine.events import Done
from tui_rnn.engine.goal import Goal, prolonged
from tui_rnn.engine.kinds import Ending
from tui_rnn.engine.recent import RECENT_UPDATES, smooth_loss_lags
from tui_rnn.safe_text import safe_text
from tui_rnn.started_as import program
from tui_rnn.wording import counted, duration_text, loss_text, per_char_text, steps_bound, time_goal_text

ENDINGS = {
    Ending.STEPS: "Finished",
    Ending.STOPPED: "Stopped",
    Ending.SIGNAL: "Stopped by a signal",
    Ending.DIVERGED: "Diverged",
}


def summary(done: Done, config: RunConfig, goal: Goal, run: str) -> list[str]:
    """What is said when a run has ended: why, the best loss, the steps and time, where it is, how to go on."""
    spent = done.elapsed_seconds >= goal.seconds
    steps = f"{done.step:,} of {counted(goal.steps, 'step')}" if steps_bound(goal) else counted(done.step, "step")
    time = duration_text(done.elapsed_seconds) + ("" if spent else time_goal_text(goal))
    lines = [
        f"{ENDINGS[done.reason]} after " + (f"{steps} in {time}" if goal.minutes is None else f"{time} and {steps}"),
        f"smooth loss   {loss_text(done.smooth_loss, config.seq_length)}",
    ]
    if done.recent_nats_per_char is not None and smooth_loss_lags(done.step):
        lines.append(
            f"recent        {per_char_text(done.recent_nats_per_char)}, mean of the last {RECENT_UPDATES} updates"
        )
    if done.best_step:
        lines.append(f"best          {loss_text(done.best_smooth_loss, config.seq_length)} at step {done.best_step:,}")
    if done.held_out_nats_per_char is not None:
        lines.append(f"held out      {per_char_text(done.held_out_nats_per_char)}")
    if done.best_held_out_nats_per_char is not None:
        best = per_char_text(done.best_held_out_nats_per_char)
        lines.append(f"best held out {best} at step {done.best_held_out_step:,}")
    lines.append(f"run           {safe_text(run, one_line=True)}")
    resume = f"{program()} resume {shlex.quote(run)}"
    if done.reason == Ending.DIVERGED:
        lines.append(f"go back with  {safe_text(resume, one_line=True)} --eta {config.eta / 2:g}, as a new run")
    elif not done.saved:
        lines.append("not saved     the updates since the last checkpoint are lost")
    else:
        further: list[str] = []
        if goal.reached(done.step, done.elapsed_seconds):
            further = goal_options(prolonged(config.goal, goal, done.step, done.elapsed_seconds))
        lines.append(" ".join([f"go on with    {safe_text(resume, one_line=True)}", *further]))
    if done.best_saved:
        sample = safe_text(f"{program()} sample {shlex.quote(run)}", one_line=True)
        lines.append(f"best model    {sample}")
        if done.best_held_out_step is not None:
            lines.append(f"by held out   {sample} --held-out")
    return [*lines, f"state sha256  {done.state_sha256}"]
