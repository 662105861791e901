"""One run as the assignment's report: its four deliverables in order, then how to make it again."""

from collections.abc import Iterator, Sequence

import tui_rnn
from tui_rnn.engine.config import RunConfig
from tui_rnn.engine.events import COMPLEX
from tui_rnn.engine.recent import RECENT_UPDATES
from tui_rnn.published import OPTIMIZERS
from tui_rnn.report.curve import Epoch
from tui_rnn.report.document import Block, Code, Document, Heading, Inline, Paragraph, Text
from tui_rnn.report.figures import Level
from tui_rnn.report.inside import Inside
from tui_rnn.report.run_record import RunRecord
from tui_rnn.report.sections.gradient import NAMES, gradient_check
from tui_rnn.report.sections.held_out import held_out
from tui_rnn.report.sections.inside import inside
from tui_rnn.report.sections.losses import beside_published, by_position, smooth_loss
from tui_rnn.report.sections.making import eta_text, how_it_was_made, state_of
from tui_rnn.report.sections.texts import best_text, samples
from tui_rnn.wording import counted, duration_text, figure, nats_and_bits


def document(run: RunRecord, known: list[Level], overlaid: list[Epoch], seen: Sequence[Inside] = ()) -> Document:
    """The report of one run. `known` are the lines of its loss figure, `overlaid` the epochs of the other one.

    `seen` is what its models show of their inside.
    """
    config = run.config
    blocks: list[Block] = [
        *_remarks(run),
        *gradient_check(run),
        *smooth_loss(run, known),
        *by_position(run, overlaid),
        *beside_published(run),
        *held_out(run),
        *samples(run),
        *best_text(run),
        *inside(run, seen),
        *how_it_was_made(run),
    ]
    K = f", K = {run.corpus.vocab_size:,}" if run.corpus.vocab_size else ""
    sizes = f"m = {config.hidden_size:,}, T = {config.seq_length:,}{K}"
    subtitle: tuple[Inline, ...] = (
        f"{_network(config)} with {sizes}, trained on ",
        Code(config.corpus),
        f" by {OPTIMIZERS[config.optimizer]} with {eta_text(run)} (recipe {config.recipe}). {state_of(run)}",
    )
    return Document("A character RNN: the report", subtitle, tuple(_key_figures(run)), blocks, tui_rnn.__version__)


_NETWORKS = {"rnn": "A vanilla RNN", "lstm": "An LSTM", "gru": "A GRU"}


def _network(config: RunConfig) -> str:
    """`A vanilla RNN`, `An LSTM of 2 layers`."""
    return _NETWORKS[config.cell] + (f" of {config.layers} layers" if config.layers > 1 else "")


def _key_figures(run: RunRecord) -> Iterator[tuple[str, str, str]]:
    if run.best is not None:
        loss, step = run.best
        nats, bits = nats_and_bits(loss, run.config.seq_length)
        yield figure(loss, 2), "nats", f"lowest smooth loss, summed over {counted(run.config.seq_length, 'character')}"
        yield figure(nats, 3), "nats/char", f"{figure(bits, 3)} bits per character, after update {step:,}"
    if run.lags and run.recent is not None:
        lags = f"mean of the last {RECENT_UPDATES} updates: of a run this short the smooth loss lags"
        yield figure(run.recent, 3), "nats/char", lags
    if judged := [(each.nats_per_char, each.updates) for each in run.log.held_out if each.nats_per_char is not None]:
        nats, step = min(judged)
        yield figure(nats, 3), "nats/char", f"on the text held out, never trained on, after {counted(step, 'update')}"
    if checks := [found[1] for method in NAMES if (found := run.log.first_check(method))]:
        worst = max(row.relative_error for row in checks[-1].rows)
        method = "proved by the complex step" if checks[-1].method == COMPLEX else "by central differences"
        yield "PASS" if all(c.passed for c in checks) else "FAIL", "", f"gradient check, {method} to {worst:.0e}"
    seconds = run.elapsed_seconds
    yield (
        f"{run.step:,}",
        "update" if run.step == 1 else "updates",
        f"in {duration_text(seconds)} of training" if seconds is not None else "made",
    )


def _remarks(run: RunRecord) -> Iterator[Block]:
    if run.faults:
        yield Heading("Read this first")
        yield Paragraph.of("Not all that a report is made from was there, or could be used:")
        yield Text("\n".join(run.faults))
