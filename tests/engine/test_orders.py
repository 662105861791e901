"""Windows at random and shuffled chunks: what is read, from which state, and that a place says all there is to it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.test_windows import assert_same, numbered
from tests.small import small_config, small_corpus, small_trainer, trained
from tui_rnn.engine.checkpoint import resumed_trainer, seal, state_snapshot, unseal
from tui_rnn.engine.config import RunConfig
from tui_rnn.engine.errors import ConfigError, CorpusError
from tui_rnn.engine.orders import RandomWindows, ShuffledChunks, make_order
from tui_rnn.engine.state import digest
from tui_rnn.engine.text import check_fits, updates_per_epoch
from tui_rnn.engine.windows import Sequential

orders = pytest.mark.parametrize("order", [{"order": "random"}, {"order": "chunks", "chunks": 3}], ids=str)


@given(T=st.integers(1, 9), B=st.integers(1, 4), more=st.integers(0, 60), seed=st.integers(0, 9))
def test_a_random_window_is_a_piece_of_the_text_read_from_nothing(T, B, more, seed):
    length = (T + 1) * B + more
    order = RandomWindows(numbered(length), T, B, seed)
    epoch = 0.0
    for _ in range(3 * order.windows_an_epoch):
        window = order.next()
        for i, start in enumerate(window.places):
            assert window.x[:, i].tolist() == list(range(start, start + T))
            assert window.y[:, i].tolist() == list(range(start + 1, start + T + 1))
        assert window.fresh
        assert epoch < order.epoch
        epoch = order.epoch
    assert epoch == pytest.approx(3)


@pytest.mark.parametrize("order", ["sequential", "random", "chunks"])
@pytest.mark.parametrize(("T", "B", "chunks", "length"), [(1, 1, 1, 20), (3, 2, 5, 61), (4, 3, 7, 200)])
def test_an_epoch_has_as_many_updates_as_are_made_until_the_next_begins(order, T, B, chunks, length):
    read = {
        "sequential": lambda: Sequential(numbered(length), T, B),
        "random": lambda: RandomWindows(numbered(length), T, B, 0),
        "chunks": lambda: ShuffledChunks(numbered(length), T, B, 0, chunks),
    }[order]()
    made = 0
    while read.place.epochs == 0:
        read.next()
        made += 1
    assert updates_per_epoch(length, T, B, order, chunks) == made - 1  # the last one is the second epoch's first


def test_random_windows_begin_at_every_place_alike():
    order = RandomWindows(numbered(13), 3, 1, seed=1)
    starts = [order.next().places[0] for _ in range(4000)]
    counts = np.bincount(starts)
    assert len(counts) == 10  # 0 to 9: the last one needs the character after it
    assert counts.min() > 0.8 * 400


@given(
    T=st.integers(1, 6), B=st.integers(1, 4), rounds=st.integers(1, 3), over=st.integers(0, 3), more=st.integers(0, 40)
)
def test_an_epoch_reads_each_of_its_chunks_once_and_from_nothing(T, B, rounds, over, more):
    chunks = rounds * B + min(over, B - 1)
    text = numbered(chunks * (T + 1) + more)
    order, S = ShuffledChunks(text, T, B, 0, chunks), len(text) // chunks
    for epoch in range(3):
        begun, before = [], None
        for _ in range(order.windows_an_epoch):
            window = order.next()
            assert order.place.epochs == epoch
            assert np.array_equal(window.y, window.x + 1)
            assert np.array_equal(window.x[0], window.places)
            if window.fresh:
                begun += [start // S for start in window.places]
                assert {start % S for start in window.places} == {0}
            else:
                assert np.array_equal(window.x[0], before.y[-1])  # the state goes on where the text does
            assert all(start // S == (start + T) // S for start in window.places)  # no window over two chunks
            before = window
        assert len(set(begun)) == len(begun) == rounds * B
        assert order.windows_an_epoch == rounds * ((S - 1) // T)


def test_the_chunks_are_shuffled_anew_each_epoch_and_by_the_seed():
    def reads(seed):
        order = ShuffledChunks(numbered(200), 4, 1, seed, 20)
        return [tuple(order.next().places[0] for _ in range(order.windows_an_epoch)) for _ in range(3)]

    assert len({*reads(0), *reads(1)}) == 6
    assert reads(0) == reads(0)


@given(cut=st.integers(0, 40), kind=st.sampled_from(["random", "chunks"]))
def test_an_order_goes_on_from_its_place_as_if_it_had_never_stopped(cut, kind):
    def new():
        text = numbered(60)
        return RandomWindows(text, 4, 2, 5) if kind == "random" else ShuffledChunks(text, 4, 2, 5, 6)

    one, other = new(), new()
    for _ in range(cut):
        one.next()
    other.next()
    other.restore(one.place)
    assert other.epoch == one.epoch
    for _ in range(15):
        peeked = other.peek()
        window = other.next()
        assert_same(window, peeked)
        assert_same(window, one.next())


@orders
@pytest.mark.parametrize("cell", ["rnn", "lstm"])
def test_a_resumed_run_ends_as_one_that_was_never_stopped(order, cell):
    options = {"batch_size": 2, "cell": cell, "eta": 0.01, **order}
    whole = trained(small_trainer(**options), 20)
    parted = resumed_trainer(unseal(seal(state_snapshot(trained(small_trainer(**options), 7)))), small_corpus())
    assert digest(trained(parted, 13)) == digest(whole)
    assert digest(whole) != digest(trained(small_trainer(**{**options, "order": "sequential", "chunks": None}), 20))


@orders
def test_a_chunk_or_a_random_window_is_read_from_a_state_of_zeros(order):
    """What an update leaves as the state is what its window alone, or its chunk so far, leads to."""
    trainer = small_trainer(batch_size=2, **order)
    state = trainer.model.zero_state(2, trainer.theta.flat.dtype)
    for _ in range(9):
        window = trainer.order.peek()
        ws = trainer.model.workspace(5, 2, trainer.theta.flat.dtype)
        before = np.zeros_like(state) if window.fresh else state
        trainer.model.loss(trainer.theta, window.x, window.y, before, ws)
        trainer.step()
        state = ws.state.copy()
        np.testing.assert_array_equal(trainer.state, state)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"chunks": 1, "batch_size": 2}, "--chunks 1 are fewer than --batch-size 2"),
        ({"chunks": 10}, "use a --chunks of at most 6 or a smaller --seq-length"),
    ],
)
def test_chunks_that_cannot_be_read_are_refused_with_a_remedy_that_works(settings, words):
    with pytest.raises(CorpusError, match=words):
        small_trainer(order="chunks", **settings)
    assert trained(small_trainer(order="chunks", chunks=6), 3).step_count == 3


@given(T=st.integers(1, 9), B=st.integers(1, 130), more=st.integers(0, 3_000))
def test_where_no_number_is_given_every_text_that_can_be_read_in_sequence_can_be_in_chunks(T, B, more):
    length = (T + 1) * B + more
    config = small_config(order="chunks", seq_length=T, batch_size=B)
    check_fits("the text", length, config)
    order = make_order(config, numbered(length))
    assert B <= order.chunks <= max(B, 100)
    assert order.chunk_length > T
    assert order.chunks == max(B, 100) or length // (order.chunks + 1) <= T  # there could not be one more
    assert updates_per_epoch(length, T, B, "chunks") == order.windows_an_epoch


def test_a_number_of_chunks_is_refused_for_another_order_but_not_where_an_earlier_version_wrote_it():
    with pytest.raises(ConfigError, match="--chunks 50 cannot be used with --order random: use --order chunks, or"):
        small_config(order="random", chunks=50)
    earlier = {**small_config().to_json(), "chunks": 100}
    assert RunConfig.from_json(earlier) == small_config()
    assert RunConfig.from_json({**earlier, "order": "chunks"}).chunks == 100


def test_an_order_that_is_none_is_refused():
    with pytest.raises(ConfigError, match="--order 'shuffled' is not known: choose sequential, random or chunks"):
        small_trainer(order="shuffled")
