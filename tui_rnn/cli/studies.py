"""What a study measures beside its runs, where the command line has the bench measure for the report."""

from contextlib import suppress
from pathlib import Path

from tui_rnn.engine.errors import TuiRnnError

_SECONDS = 1.0  # for each way to compute the gradient


def measure(folder: Path) -> None:
    """Measure what the report of this sweep is to tell and its runs do not: of the study of speed the gradients.

    Once; what cannot be measured the report says is missing.
    """
    from tui_rnn.sweeps.folder import SweepFolder

    sweep = SweepFolder(folder)
    with suppress(TuiRnnError, OSError):
        if sweep.holds_a_sweep() and (plan := sweep.plan()).study == "speed":
            _measure_gradients(folder, plan.corpus[0], plan.jobs[0].config)


def _measure_gradients(folder: Path, text: str, config: dict[str, object]) -> None:
    """gradients.json in the folder: for each way its name, the microseconds it takes, and how much quicker that is."""
    from tui_rnn.report.studies.speed import GRADIENTS

    if (folder / GRADIENTS).exists():
        return
    from tui_rnn.bench.gradients import gradients
    from tui_rnn.bench.sections import text_for
    from tui_rnn.engine import exact_json
    from tui_rnn.storage.atomic import write_atomically

    with text_for(text, str(config.get("encoding")), str(config.get("errors"))) as found:
        figures = gradients(found.corpus, _SECONDS)
    micros = {each.name: each.value for each in figures if each.unit == "µs"}
    times = {each.name: each.value for each in figures if each.unit == "x"}
    ways = [{"name": name, "microseconds": micros[name], "times": times[name]} for name in micros]
    write_atomically(folder / GRADIENTS, (exact_json.dumps({"gradients": ways}, indent=1) + "\n").encode())
