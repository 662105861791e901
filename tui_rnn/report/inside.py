"""What the weights of a run show of themselves: reach, letters and book, at their best and at the end."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from tui_rnn.engine.checkpoint import Snapshot
from tui_rnn.engine.corpus import Corpus
from tui_rnn.engine.findings import Said, findings
from tui_rnn.engine.instruments.beat import beat
from tui_rnn.engine.instruments.book import Reading, read_book
from tui_rnn.engine.instruments.health import health
from tui_rnn.engine.instruments.letters import Letters, letters
from tui_rnn.engine.instruments.ranking import Ranking, ranking
from tui_rnn.engine.instruments.reach import MeanReach, mean_reach
from tui_rnn.engine.instruments.subject import Subject
from tui_rnn.engine.text import SourceText
from tui_rnn.engine.writing import network, weights
from tui_rnn.report.run_record import RunRecord

_Seen = TypeVar("_Seen")


@dataclass(frozen=True, slots=True)
class Inside:
    """What was seen in a model after so many updates."""

    step: int
    name: str  # "best" or "last"
    characters: str  # the vocabulary
    reach: MeanReach  # on the held-out text; without one on the last tenth
    letters: Letters  # by U
    reading: Reading  # of the whole text
    units: Ranking  # what they follow, on the same text as the reach
    findings: tuple[Said, ...]  # of this model, what is wrong first; of the best alone its optimizer is not known


def look_inside(run: RunRecord) -> tuple[Inside, ...]:
    """The best model and, where it is another, the last; none where the text or a model is not there."""
    if run.text is None:
        return ()
    found: dict[int, Inside] = {}
    for name, snapshot in (("best", run.best_model), ("last", run.state)):
        if snapshot is not None and snapshot.state.step not in found:
            found[snapshot.state.step] = _inside(run, name, snapshot)
    return tuple(found.values())


def _inside(run: RunRecord, name: str, snapshot: Snapshot) -> Inside:
    assert run.text is not None
    source = SourceText(run.corpus.path, run.text, run.corpus.sha256 or "")
    corpus = Corpus.from_source(source, snapshot.vocabulary).holding_out(run.config.holdout)
    subject = Subject.of_saved(snapshot, corpus)
    model, theta = network(snapshot), weights(snapshot)
    judged = corpus.held_out if len(corpus.held_out) else corpus.train[-max(1, len(corpus) // 10) :]
    counts = np.bincount(corpus.indices, minlength=model.vocab_size)
    return Inside(
        step=snapshot.state.step,
        name=name,
        characters=corpus.vocabulary.characters,
        # In float32 1 - h² of a saturated unit has few digits left, and the tenths of a percent printed here differ.
        reach=_last(mean_reach(model, theta.copy(np.float64), judged)),
        letters=_last(letters(theta, counts)),
        reading=_last(read_book(model, theta, corpus.indices, corpus.vocabulary)),
        units=_last(ranking(subject)),
        findings=findings(run.config, _last(health(subject)), _last(beat(subject))),
    )


def _last(work: Iterator[_Seen | None]) -> _Seen:
    """What the instrument ends with."""
    with np.errstate(all="ignore"):  # what overflows in weights about to diverge is no fault of looking
        *_, seen = work
    assert seen is not None
    return seen
