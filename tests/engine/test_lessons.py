"""A gradient broken on purpose: each fault has the gradient of the faulty equations, and the right rows fail.

The oracle is the report's backward pass once more, columns as vectors, with the fault written into its line.
"""

import numpy as np
import pytest

from tests import oracle
from tests.small import norm_wise, small_corpus, small_trainer, trained
from tui_rnn.engine.events import CENTRAL, COMPLEX
from tui_rnn.engine.faults import CLIP, CLIP_LIMIT, FAULTS, SIGN, TERM, TRANSPOSE, fault, why_nothing_changes
from tui_rnn.engine.instruments import look
from tui_rnn.engine.instruments.subject import Subject
from tui_rnn.engine.lessons import broken_gradient, teach, which_fail
from tui_rnn.engine.model import Model
from tui_rnn.engine.state import digest


def network(cell="rnn", layers=1, m=6, T=8, text=None):
    """A model, weights and a window of T characters."""
    corpus = small_corpus(text) if text else small_corpus()
    model = Model(len(corpus.vocabulary), m, cell, layers)
    window = corpus.indices[: T + 1].astype(np.intp)[:, None]
    return model, model.init(np.random.default_rng(0), np.float64, sig=0.4), window[:-1], window[1:]


def faulty(name, theta, x, y, limit=CLIP_LIMIT):
    """The gradient of the report's network, by a backward pass of the test's own that has this fault."""
    theta = oracle.columns(theta)
    _, h, p = oracle.forward(theta, x, y, np.zeros(len(theta["b"])))
    W, V = theta["W"], theta["V"]
    g = {name: np.zeros_like(value) for name, value in theta.items()}
    da_after = np.zeros_like(theta["b"])
    for t in reversed(range(len(x))):
        do = p[t] - oracle.one_hot(y[t], len(p[t]))
        do = -do if name == SIGN else do
        through = {TERM: 0 * da_after, TRANSPOSE: W @ da_after}.get(name, W.T @ da_after)
        da = (1 - h[t + 1] ** 2) * (V.T @ do + through)
        g["V"] += do @ h[t + 1].T
        g["c"] += do
        g["W"] += da @ h[t].T
        g["U"] += da @ oracle.one_hot(x[t], len(p[t])).T
        g["b"] += da
        da_after = da
    return {k: np.clip(value, -limit, limit) for k, value in g.items()} if name == CLIP else g


@pytest.mark.parametrize("name", FAULTS)
def test_a_broken_gradient_is_that_of_the_faulty_equations(name):
    model, theta, x, y = network()
    found = oracle.columns(broken_gradient(name, model, theta, x, y, 0.3))
    for parameter, wanted in faulty(name, theta, x[:, 0].tolist(), y[:, 0].tolist(), 0.3).items():
        assert norm_wise(found[parameter], wanted) < 1e-14, parameter


@pytest.mark.parametrize(("cell", "layers"), [("rnn", 1), ("lstm", 1), ("gru", 1), ("rnn", 2), ("gru", 3)])
def test_the_rows_behind_the_faulty_line_fail_and_no_others(cell, layers):
    model, theta, x, y = network(cell, layers)
    *_, taught = teach(model, theta, x, y, FAULTS, method=COMPLEX)
    every = set(model.shapes)
    assert {row.verdict for row in taught.intact} == {"pass"}
    assert [row.parameter for row in taught.intact] == model.table_order
    failing = {each.fault.name: {r.parameter for r in each.rows if r.verdict == "fail"} for each in taught.lessons}
    assert failing[SIGN] == every
    assert failing[TERM] == failing[TRANSPOSE] == every - {"V", "c"}
    assert failing[CLIP]
    assert failing[CLIP] < every
    sign = next(each for each in taught.lessons if each.fault.name == SIGN)
    assert all(row.relative_error == pytest.approx(1, abs=1e-12) for row in sign.rows)


def test_the_error_that_is_shown_is_that_of_the_faulty_gradient():
    model, theta, x, y = network()
    *_, taught = teach(model, theta, x, y, [TERM], method=COMPLEX)
    right = oracle.gradient(oracle.columns(theta), x[:, 0].tolist(), y[:, 0].tolist(), np.zeros(6))
    wrong = faulty(TERM, theta, x[:, 0].tolist(), y[:, 0].tolist())
    for row in taught.lessons[0].rows:
        assert row.relative_error == pytest.approx(norm_wise(right[row.parameter], wrong[row.parameter]), abs=1e-13)


def test_the_numbers_of_the_largest_gradient_are_tried_where_not_all_are():
    model, theta, x, y = network()
    x, y = np.full_like(x, 4), np.ones_like(y)  # of the rows of U only one is used
    *_, taught = teach(model, theta, x, y, [TERM], method=COMPLEX, most_elements=3)
    rows = {row.parameter: row for row in taught.lessons[0].rows}
    assert rows["U"].checked == 3
    assert rows["U"].max_index[0] == 4
    assert rows["U"].verdict == "fail"


def test_clipping_is_at_the_assignments_limit_where_that_changes_something():
    model, theta, x, y = network()
    *_, taught = teach(model, theta, x, y, [CLIP], method=CENTRAL)
    largest = max(np.abs(each).max() for each in faulty("", theta, x[:, 0].tolist(), y[:, 0].tolist()).values())
    assert largest < CLIP_LIMIT
    assert f"-{largest / 2:.3g}, {largest / 2:.3g}" in taught.lessons[0].fault.wrong
    assert "it is lower here" in taught.lessons[0].fault.lesson
    steep = theta.copy()
    steep["V"][...] *= 40
    *_, taught = teach(model, steep, x, y, [CLIP], method=COMPLEX)
    assert "clip(dL/dtheta, -5, 5)" in taught.lessons[0].fault.wrong
    assert "fail" in {row.verdict for row in taught.lessons[0].rows}


@pytest.mark.parametrize(
    ("sizes", "unchanged"),
    [
        ({"T": 1}, {TERM, TRANSPOSE}),
        ({"m": 1}, {TRANSPOSE}),
        ({"m": 1, "T": 1}, {TERM, TRANSPOSE}),
        ({"text": "aaaaaaaaaaaaaaa"}, set(FAULTS)),
    ],
)
@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_a_fault_that_changes_nothing_says_why_and_really_changes_nothing(sizes, unchanged, cell):
    model, theta, x, y = network(cell, **sizes)
    *_, taught = teach(model, theta, x, y, FAULTS, method=COMPLEX)
    assert {each.fault.name for each in taught.lessons if each.why_not} == unchanged
    assert all(bool(each.rows) != bool(each.why_not) for each in taught.lessons)
    right = broken_gradient(CLIP, model, theta, x, y, np.inf)
    for name in FAULTS:
        wrong = broken_gradient(name, model, theta, x, y, 1e-3)
        assert (norm_wise(right.flat, wrong.flat) < 1e-15) == (name in unchanged)


def test_every_fault_has_an_equation_for_every_cell():
    for cell in ("rnn", "lstm", "gru"):
        for name in FAULTS:
            made = fault(name, cell)
            assert made.right != made.wrong
            assert made.right.partition(" = ")[0] == made.wrong.partition(" = ")[0]
            assert why_nothing_changes(name, 5, 4, 3) == ""


def test_the_rows_that_fail_are_named():
    model, theta, x, y = network()
    *_, taught = teach(model, theta, x, y, [SIGN, TERM], method=COMPLEX)
    assert [which_fail(each.rows) for each in taught.lessons] == [
        "all 5 rows fail",
        "b, U and W fail, c and V pass",
    ]
    assert which_fail(taught.intact) == "all 5 rows pass"
    assert which_fail([*taught.lessons[0].rows[:1], *taught.intact[1:2]]) == "b fails, c passes"


@pytest.mark.parametrize("cell", ["rnn", "gru"])
def test_looking_leaves_training_as_it_is(cell):
    trainer, other = (trained(small_trainer(cell=cell, layers=2), 3) for _ in range(2))
    taught = look("broken_checks", Subject.of(trainer))
    assert [each.fault.name for each in taught.lessons] == list(FAULTS)
    assert digest(trained(trainer, 3)) == digest(trained(other, 3))
