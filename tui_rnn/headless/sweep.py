"""`tui-rnn sweep` without a screen: what happens to the runs of a sweep as readable lines, or as JSON lines."""

import sys
import textwrap
from collections.abc import Callable, Iterator
from shutil import get_terminal_size
from typing import Any

from tui_rnn import signals, stdio
from tui_rnn.engine.errors import TuiRnnError
from tui_rnn.headless.sweep_lines import MOST_LISTED, Readable, Standing, head, plain
from tui_rnn.runs.log import as_line
from tui_rnn.sweeps.answer import answer
from tui_rnn.sweeps.conduct import Conductor
from tui_rnn.sweeps.estimate import Estimate
from tui_rnn.sweeps.events import SweepDone, SweepEvent, Tick, as_record
from tui_rnn.sweeps.folder import SweepFolder
from tui_rnn.sweeps.plan import Plan
from tui_rnn.sweeps.rows import SweepReader
from tui_rnn.sweeps.spec import Status
from tui_rnn.sweeps.words import headline

_MOST_WIDTH = 100  # of a sentence


def show_plan(plan: Plan, estimate: Estimate, folder: SweepFolder, places: int, *, as_json: bool) -> None:
    """Print the runs that would be trained, and the time they would take, and nothing else."""
    if as_json:
        _print(as_line(_begin_record(plan, estimate, folder, places)))
        for job in plan.jobs:
            _print(
                as_line(
                    {"event": "job", "name": job.name, "setting": job.setting, "seed": job.seed, "config": job.config}
                )
            )
        return
    for line in head(plan, estimate, folder, places):
        _print(line + "\n")
    for job in plan.jobs[:MOST_LISTED]:
        _print(f"  {plain(job.name)}\n")
    if len(plan.jobs) > MOST_LISTED:
        _print(f"  and {len(plan.jobs) - MOST_LISTED:,} more\n")
    _print("nothing was trained, since --dry-run was given\n")


def train(
    folder: SweepFolder, plan: Plan, estimate: Estimate, conductor: Conductor, places: int, *, as_json: bool
) -> tuple[int, SweepDone]:
    """Train the jobs of the sweep to their end and print what happens; the exit code of the contract, and the end."""
    caught: list[int] = []

    def end(number: int) -> None:
        caught.append(number)
        conductor.stop()
        if len(caught) == 1:
            stdio.limit_waiting()

    lines: Callable[[SweepEvent], Iterator[str]] = (
        _JsonLines(plan, estimate, conductor, places) if as_json else Readable(plan, estimate, conductor, places)
    ).lines
    done, output = None, _Output(conductor)
    with signals.caught(end):
        try:
            if as_json:
                output.write([as_line(_begin_record(plan, estimate, folder, places))])
            else:
                output.write(line + "\n" for line in head(plan, estimate, folder, places))
            for event in conductor.events():
                if isinstance(event, SweepDone):
                    done = event
                output.write(lines(event))
        finally:
            stdio.wait_for_readers()
    assert done is not None  # the last event of every sweep
    if not as_json and not output.is_closed:
        reader = SweepReader(folder)
        words = plain(headline(plan, answer(plan, reader.look())))
        output.write(line + "\n" for line in ("", *textwrap.wrap(words, min(_MOST_WIDTH, get_terminal_size().columns))))
    if output.refused and not caught:
        raise TuiRnnError(f"stdout takes no more ({output.refused}): make room, or write elsewhere; the runs are saved")
    if caught and done.is_stopped:
        return 128 + caught[0], done
    return int(bool(done.counts.get(Status.FAILED))), done


class _Output:
    """stdout, until it takes no more: then the sweep stops, its runs saved."""

    def __init__(self, conductor: Conductor) -> None:
        self._conductor = conductor
        self.is_closed, self.refused = False, ""

    def write(self, lines: Any) -> None:
        """Write the lines, and have them read."""
        try:
            wrote = False
            for line in lines:
                _print(line)
                wrote = True
            if wrote:
                sys.stdout.flush()
        except OSError as error:
            self._conductor.stop()
            stdio.discard_stdout()
            self.is_closed = True
            if not isinstance(error, BrokenPipeError):  # a reader that has seen enough, as `| head`, is no fault
                self.refused = error.strerror or str(error)


class _JsonLines:
    """Events as JSON objects; now and then how far the whole has come."""

    def __init__(self, plan: Plan, estimate: Estimate, conductor: Conductor, places: int) -> None:
        self._standing = Standing(plan, estimate, conductor, places)

    def lines(self, event: SweepEvent) -> Iterator[str]:
        self._standing.take(event)
        if not isinstance(event, Tick):
            yield as_line(as_record(event))
        if self._standing.is_due(event):
            yield as_line({"event": "sweep_progress", **self._standing.as_record()})


def _begin_record(plan: Plan, estimate: Estimate, folder: SweepFolder, places: int) -> dict[str, Any]:
    return {
        "event": "sweep",
        "folder": str(folder.path),
        "corpus": {"path": plan.corpus, "sha256": plan.corpus_sha256},
        "recipe": plan.recipe,
        "options": plan.options,
        "varied": plan.varied,
        "seeds": plan.seeds,
        "runs": len(plan.jobs),
        "places": places,
        "study": plan.study,
        "halving": plan.halving,
        "seconds": round(estimate.left([job.name for job in plan.jobs], places), 1),
        "version": plan.version,
    }


def _print(text: str) -> None:
    sys.stdout.write(text)
