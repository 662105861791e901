"""Networks are trained for as many updates as they make in the same time, and judged on what they have not read."""

import numpy as np
import pytest

from tests.cli.support import TALE
from tests.small import small_corpus
from tui_rnn.bench import networks


@pytest.fixture
def small(monkeypatch):
    """Two small networks, of which the second takes twice as long for an update; three seeds."""
    sizes = {"hidden_size": 5, "seq_length": 6, "batch_size": 3}
    monkeypatch.setattr(
        networks,
        "NETWORKS",
        {"quick": {"recipe": "fast", **sizes}, "slow": {"recipe": "gru", **sizes, "layers": 2}},
    )
    monkeypatch.setattr(networks, "TIMES", (10, 60))
    monkeypatch.setattr(networks, "SEEDS", range(3))
    monkeypatch.setattr(
        networks, "by_turns", lambda works, seconds: [[work() and 0.5 for work in works] and [0.5], [1.0]]
    )
    return networks.networks


def test_each_is_trained_for_what_it_makes_in_the_time_and_counting_stands_beside(small):
    corpus = small_corpus(TALE)
    figures = small(corpus, 60)
    groups = list(dict.fromkeys(figure.group for figure in figures))
    assert [group.split(",")[0] for group in groups] == ["10 s", "60 s"]
    names = ["quick", "slow", *(f"{n}-gram" for n in range(1, 6))]
    assert [figure.name for figure in figures] == names * 2
    updates = [figure.note.split(" updates")[0] for figure in figures if figure.note]
    assert updates == ["20", "10", "120", "60"]
    for figure in figures:
        if figure.note:
            seeds = [float(loss) for loss in figure.note.split("seeds: ")[1].split()]
            assert len(set(seeds)) == 3
            assert round(figure.value, 4) == sorted(seeds)[1]
    # Counting letters alone, by hand, on the same tenth.
    held = corpus.indices[len(corpus) - len(corpus) // 10 :]
    assert len(held) == corpus.holding_out(0.1).held_out_length
    assert figures[2].value == pytest.approx(np.log(len(corpus.vocabulary)), rel=0.35)
    assert figures[2].value > figures[3].value


def test_the_shortest_time_is_measured_in_any_case(small):
    assert {figure.group.split(",")[0] for figure in small(small_corpus(TALE), 0.1)} == {"10 s"}
