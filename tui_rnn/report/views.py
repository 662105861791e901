"""From a run to what its figures show."""

from collections.abc import Sequence
from dataclasses import replace
from math import log

import numpy as np

from tui_rnn.engine.recent import recent_means
from tui_rnn.engine.text import updates_per_epoch
from tui_rnn.engine.vocabulary import code_points
from tui_rnn.published import OPTIMIZERS, compare
from tui_rnn.report.curve import Epoch, epochs_of, kept_points
from tui_rnn.report.figures import Level, Line, LossPicture
from tui_rnn.report.lettered import Lettered
from tui_rnn.report.run_record import RunRecord
from tui_rnn.wording import figure

_BIGRAM_NOTE = (
    "The bigram entropy takes its frequencies from the text that it is a loss on. The 2-gram on the screen is counted "
    "on nine tenths of the text and judged by the last tenth, and so is usually a little higher."
)
MOST_EPOCH_ENDS = 100  # marked in a figure


def levels(run: RunRecord, *, per_character: bool = False) -> list[Level]:
    """What guessing every character alike costs, and what knowing the character before would, where it is known.

    The labels give the sum over T characters, or the loss of one.
    """
    T = 1 if per_character else run.config.seq_length
    found = []
    if (K := run.corpus.vocab_size) is not None:
        times = "" if T == 1 else f"{T:,} "
        found.append(
            Level(log(K), f"every character alike: {times}ln {K:,} = {figure(T * log(K), 3 if T == 1 else 2)}")
        )
    if run.trained_text is not None:
        entropy = bigram_entropy(run.trained_text)
        label = f"bigram entropy of the text: {figure(T * entropy, 3 if T == 1 else 2)}"
        found.append(Level(entropy, label, _BIGRAM_NOTE))
    return found


def levels_said(known: Sequence[Level], unit: str = "") -> str:
    """What the lines of a figure are, in sentences after a space; "" where there are none."""
    if not known:
        return ""
    said = f"The lines: {'; '.join(level.label for level in known)}{unit}."
    return " " + " ".join([said, *(level.note for level in known if level.note)])


def loss_picture(run: RunRecord, known: list[Level]) -> LossPicture:
    """The figure of the run's losses."""
    curve = run.curve
    if not curve.from_checkpoint:
        raw = "loss of single updates"
    else:
        raw = "loss" if curve.stride == 1 else f"loss, mean of {curve.stride:,} updates"
    published = compare(run.config).published
    points = [(step, loss) for step, loss in published.losses.items() if step <= run.step] if published else []
    return LossPicture(
        steps=curve.steps,
        smooth=curve.smooth,
        raw=curve.raw,
        raw_label=raw,
        seq_length=run.config.seq_length,
        best=run.best,
        epoch_ends=epoch_ends(run),
        levels=known,
        published=points,
        published_label=f"{published.title}, on its own book" if published else "",
    )


def epoch_ends(run: RunRecord) -> list[int]:
    """The update after which each epoch ended; of more than MOST_EPOCH_ENDS every second one, every third, …"""
    if run.trained_characters is None:
        return []
    config = run.config
    n = updates_per_epoch(run.trained_characters, config.seq_length, config.batch_size, config.order, config.chunks)
    ends = range(n, run.step, n) if n > 0 else range(0)
    spacing = -(-len(ends) // MOST_EPOCH_ENDS) or 1
    return list(ends[spacing - 1 :: spacing])


def epochs(run: RunRecord) -> list[Epoch]:
    """The losses by place in the text; none where that is not known, or where the text is not read in sequence."""
    if run.trained_characters is None or run.config.order != "sequential":
        return []
    return epochs_of(run.curve, run.trained_characters, run.config.seq_length, run.config.batch_size)


def best_place(run: RunRecord) -> float | None:
    """The part of the text, from 0 to 1, that had been read when the lowest smooth loss was reached; None as above."""
    if run.best is None or run.trained_characters is None or run.config.order != "sequential":
        return None
    n = updates_per_epoch(run.trained_characters, run.config.seq_length, run.config.batch_size)
    return (run.best[1] - 1) % n / n if n > 0 else None


def compares_recent(runs: Sequence[RunRecord]) -> bool:
    """Whether several runs are drawn by their recent losses: the smooth loss of one lags, and all have theirs."""
    return any(run.lags for run in runs) and all(
        run.recent is not None and np.isfinite(run.curve.raw).any() and run.curve.from_checkpoint for run in runs
    )


def line(named: Lettered, most: int = 800, *, by_recent: bool = False) -> Line:
    """The run as one of several in a figure, with about so many points at the most.

    With `by_recent` its losses are the means of the last 50 updates.
    """
    run = named.run
    T, curve, config = run.config.seq_length, run.curve, run.config
    progress = [(each.elapsed_seconds, each.smooth_loss) for each in run.log.progress.values()]
    if by_recent:
        known = np.isfinite(curve.raw)
        means = np.array(recent_means(curve.raw[known].tolist(), curve.stride))
        curve = replace(curve, steps=curve.steps[known], smooth=means, raw=curve.raw[known])
        timely = [(each.elapsed_seconds, each.recent_nats_per_char) for each in run.log.progress.values()]
        progress = [(seconds, T * nats) for seconds, nats in timely if nats is not None]
    curve = curve.thinned(most)
    timed = np.array(progress).reshape(-1, 2)
    timed = timed[kept_points(timed[:, 1], most)]
    how = [OPTIMIZERS[config.optimizer], f"η = {run.began_as.eta:g}", f"m = {config.hidden_size}"]
    how += [words for option, words in named.unlike if option not in ("eta", "hidden_size", "optimizer")]
    return Line(
        letter=named.letter,
        label=f"{named.letter}  {named.name}: {', '.join(how)}",
        steps=curve.steps,
        smooth=curve.smooth / T,
        seconds=timed[:, 0],
        timed=timed[:, 1] / T,
    )


def bigram_entropy(text: str) -> float:
    """H(x_{t+1} | x_t) in nats per character, by the frequencies of this very text.

    - sum over pairs (a, b) of n(a, b) / N log(n(a, b) / n(a, ·)): the loss of the best guess from one character alone.
    A model that sees no more than the character before cannot do better on the whole text. 0 for a text without pairs.
    """
    _, indices = np.unique(code_points(text), return_inverse=True)
    if len(indices) < 2:
        return 0.0
    K = int(indices.max()) + 1
    pairs, counts = np.unique(indices[:-1] * K + indices[1:], return_counts=True)
    firsts = np.bincount(indices[:-1], minlength=K)
    return float(-(counts * np.log(counts / firsts[pairs // K])).sum() / counts.sum())
