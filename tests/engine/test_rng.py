"""Every use of chance has a stream of its own, the same at every call."""

import numpy as np

from tui_rnn.engine.rng import stream

PLACES = [
    (seed, name, *place)
    for seed in (0, 1, 2**63 - 1)
    for name in ("init", "order", "sampling", "gradcheck")
    for place in ((), (0,), (0, 0), (0, 1), (1, 0), (10**6, 3))
]


def test_a_stream_is_the_same_at_every_call():
    for place in PLACES:
        assert np.array_equal(stream(*place).random(4), stream(*place).random(4))


def test_no_two_streams_are_the_same():
    assert len({stream(*place).random() for place in PLACES}) == len(PLACES)


def test_a_stream_is_not_the_global_generator():
    state = np.random.get_state()[1].copy()
    stream(0, "init").random(100)
    assert np.array_equal(np.random.get_state()[1], state)
