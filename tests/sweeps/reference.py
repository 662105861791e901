"""The same run made in this process, by the engine alone."""

import contextlib
import tempfile
from pathlib import Path

from tui_rnn.engine.control import Control
from tui_rnn.engine.events import Done
from tui_rnn.runs.job import new_job
from tui_rnn.runs.session import Session
from tui_rnn.sweeps.spec import JobSpec


def digest_of(spec: JobSpec, *, keep: bool = False) -> str:
    """`state_sha256` at the goal of the job's run; `keep`: in the job's own directory."""
    with contextlib.ExitStack() as stack:
        run = spec.run if keep else str(Path(stack.enter_context(tempfile.TemporaryDirectory())) / "run")
        job = stack.enter_context(new_job(spec.run_config, run, {}, texts=spec.corpus))
        session = stack.enter_context(Session(job, Control()))
        done = [event for event in session.events() if isinstance(event, Done)]
        return done[-1].state_sha256
