"""What a sweep's answer leaves open, on made-up runs: the edge of what was tried, overfitting, longer training."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from tests.sweeps import made_up
from tui_rnn.sweeps.answer import answer
from tui_rnn.sweeps.remarks import beyond_the_edge, may_gain, remarks
from tui_rnn.sweeps.spec import Status

FALLING, RISING = (2.6, 2.0, 1.8), (2.6, 1.8, 1.9)  # held-out losses after 0, 1,999 and 4,000 updates
LEARNS, FORGETS = (2.5, 1.7, 1.3), (2.5, 1.7, 1.9)  # on what is trained on, after 1, 2,000 and 4,000
RISES = "Overfitting: the held-out loss rises again with eta = 0.1 after 1,999 updates, by 0.100 nats/char until its"


def with_courses(row, held_out, trained):
    measured = zip((0, 1999, 4000), held_out, strict=True)
    losses = zip((1, 2000, 4000), trained, strict=True)
    log = SimpleNamespace(
        corpus={"vocab_size": 75},
        held_out=[SimpleNamespace(updates=updates, nats_per_char=loss) for updates, loss in measured],
        progress=[SimpleNamespace(step=step, recent_nats_per_char=loss) for step, loss in losses],
    )
    return replace(row, followed=SimpleNamespace(config=row.spec.run_config, log=log))


def a_sweep(held_out, trained, spread=0.01, status=Status.FINISHED, holdout=0.1):
    """Plan and answer: eta 0.05 falls to its end; eta 0.1 has these courses, and its last run this status."""
    plan = made_up.plan({"eta": [0.05, 0.1]}, seeds=range(2), steps=4000, holdout=holdout)
    noise = spread * 2**0.5

    def tell(setting, seed):
        is_last = setting["eta"] > 0.05 and seed == 1
        loss = 1.7 + 2 * (setting["eta"] - 0.05) + noise * (seed - 0.5)
        return (status if is_last else Status.FINISHED), loss

    rows = made_up.rows(plan, tell)
    courses = {0.05: (FALLING, LEARNS), 0.1: (held_out, trained)}
    return plan, answer(plan, [with_courses(row, *courses[row.spec.setting["eta"]]) for row in rows])


@pytest.mark.parametrize(
    ("more", "overfits"),
    [
        ({"held_out": RISING, "trained": LEARNS}, True),
        ({"held_out": RISING, "trained": LEARNS, "spread": 0.11}, False),  # no more than the seeds' doing
        ({"held_out": FALLING, "trained": LEARNS}, False),
        ({"held_out": RISING, "trained": FORGETS}, False),  # it does not train
        ({"held_out": RISING, "trained": LEARNS, "holdout": 0.0}, False),
    ],
)
def test_a_held_out_loss_that_rises_while_training_goes_on_is_overfitting(more, overfits):
    said = list(remarks(*a_sweep(**more)))
    assert said[0] == "The best eta, 0.05, is at the edge of what was tried: try 0.025 too."
    assert [each[: len(RISES)] for each in said[1:]] == [RISES] * overfits


def test_while_runs_train_nothing_is_remarked():
    assert list(remarks(*a_sweep(RISING, LEARNS, status=Status.TRAINING))) == []


def test_longer_training_is_advised_where_the_loss_was_lowest_at_its_end():
    _, found = a_sweep(RISING, LEARNS)
    assert [may_gain(found, group.best_row) for group in found.groups] == [True, False]
    _, found = a_sweep(RISING, LEARNS, holdout=0.0)  # another loss judges
    assert [may_gain(found, group.best_row) for group in found.groups] == [True, True]


@pytest.mark.parametrize(
    ("name", "values", "best", "further"),
    [
        ("eta", [0.016, 0.004, 0.064], 0.004, 0.002),
        ("eta", [0.016, 0.004, 0.064], 0.064, 0.128),
        ("eta", [0.016, 0.004, 0.064], 0.016, None),
        ("hidden_size", [50, 100], 100, 200),
        ("batch_size", [1, 4], 1, None),  # there is none below
        ("clip", [None, 1.0, 5.0], 5.0, None),  # no bound at all was tried
        ("clip", [None, 1.0, 5.0], 1.0, 0.5),
        ("clip", [None, 1.0, 5.0], None, None),
        ("steps", [100, 200], 200, None),  # more is always better
        ("cell", ["rnn", "gru"], "gru", None),
    ],
)
def test_beyond_the_edge_lie_the_half_and_the_double(name, values, best, further):
    assert beyond_the_edge(values, best, name) == further
