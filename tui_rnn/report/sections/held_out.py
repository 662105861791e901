"""The held-out judgement: the loss on text not trained on, both best models by it, and what counting reaches."""

from collections.abc import Iterator
from math import log

from tui_rnn.engine import ngram
from tui_rnn.engine.corpus import Corpus
from tui_rnn.engine.evaluation import mean_loss
from tui_rnn.engine.text import SourceText, held_out_length
from tui_rnn.engine.writing import network, weights
from tui_rnn.report.document import Block, Heading, Inline, Paragraph, Strong, Table
from tui_rnn.report.run_record import RunRecord
from tui_rnn.wording import counted, figure, nats_and_bits

_MOST_ROWS = 12
_ORDERS = 5


def held_out(run: RunRecord) -> Iterator[Block]:
    """The section; nothing of a run that held nothing out."""
    if not run.config.holdout or run.corpus.characters is None:
        return
    count = held_out_length(run.corpus.characters, run.config.holdout)
    yield Heading("Held-out judgement", 3)
    yield Paragraph.of(
        f"The last {run.config.holdout:.3g} of the text, {counted(count, 'character')}, was not trained on. The loss "
        "there tells what the network has learnt of the language rather than of this text. It is read in up to 32 "
        "streams from states of zeros."
    )
    judged = [(each.updates, each.nats_per_char) for each in run.log.held_out if each.nats_per_char is not None]
    if not judged:
        yield Paragraph.of("It has not been measured yet.")
        return
    every = -(-len(judged) // _MOST_ROWS)
    shown = judged[::-every][::-1]  # the last one always among them
    rows = tuple((f"{step:,}", *_losses(nats)) for step, nats in shown)
    yield Table("Loss on the held-out text in the course of training", ("after update", "nats/char", "bits/char"), rows)
    corpus = _corpus(run)
    best = min(judged, key=lambda each: each[1])
    yield _best(run, best, corpus)
    if corpus is not None:
        yield from _baselines(corpus, best[1])


def _corpus(run: RunRecord) -> Corpus | None:
    if run.text is None:
        return None
    source = SourceText(run.corpus.path, run.text, run.corpus.sha256 or "")
    return Corpus.from_source(source).holding_out(run.config.holdout)


def _best(run: RunRecord, best: tuple[int, float], corpus: Corpus | None) -> Table:
    """The best model by held-out loss beside the best by smooth loss."""
    T = run.config.seq_length
    step, nats = best
    rows: list[tuple[Inline, ...]] = [("by held-out loss", f"{step:,}", *_losses(nats), _smooth(run.curve.at(step), T))]
    if run.best_model is not None and run.best is not None:
        snapshot = run.best_model
        measured = ("–", "–")
        if corpus is not None:
            measured = _losses(mean_loss(network(snapshot), weights(snapshot), corpus.held_out))
        rows.append(("by smooth loss", f"{snapshot.state.step:,}", *measured, _smooth(snapshot.state.smooth_loss, T)))
    head = ("best model", "after update", "held out, nats/char", "bits/char", "smooth loss, nats/char")
    return Table("The best model by held-out loss beside the best by smooth loss", head, tuple(rows))


def _baselines(corpus: Corpus, best: float) -> Iterator[Block]:
    yield Paragraph.of(
        "What counting reaches on the same text: n-grams with Witten-Bell smoothing, counted on what was trained on "
        "and judged on what was held out. An n-gram of order 5 looks back four characters."
    )
    K = len(corpus.vocabulary)
    found = ngram.losses(corpus.train, corpus.held_out, K, _ORDERS)
    rows: list[tuple[Inline, ...]] = [(f"uniform guess, ln {K:,}", *_losses(log(K)))]
    rows += [(f"n-gram of order {order}", *_losses(loss)) for order, loss in enumerate(found, 1)]
    rows.append((Strong("this network, at its best"), *_losses(best)))
    yield Table("What counting reaches, and the network", ("model", "nats/char", "bits/char"), tuple(rows))


def _losses(nats: float) -> tuple[str, str]:
    nats, bits = nats_and_bits(nats, 1)
    return figure(nats, 3), figure(bits, 3)


def _smooth(smooth_loss: float | None, T: int) -> str:
    return "–" if smooth_loss is None else figure(smooth_loss / T, 3)
