"""What a guess hangs on, by central differences through the look-up of each character."""

import numpy as np
import pytest

from tests.oracle import columns, one_hot
from tests.small import small_trainer, trained
from tui_rnn.engine.cells import CELLS
from tui_rnn.engine.errors import CorpusError
from tui_rnn.engine.instruments import reach
from tui_rnn.engine.instruments.reach import (
    BACK,
    STEPS,
    WARM,
    MeanReach,
    guesses,
    mean_reach,
    quotation_length,
    staircase,
)
from tui_rnn.engine.model import Model


def outputs_after(theta, x):
    """o after one-hot columns (T, K), as the equations stand."""
    h = np.zeros_like(theta["b"])
    for column in x:
        h = np.tanh(theta["W"] @ h + theta["U"] @ column + theta["b"])
    return (theta["V"] @ h + theta["c"])[:, 0]


def norms_by_differences(theta, text, k, delta=1e-5):
    """||d o[k] / d x_t|| for each t, newest first: every number of every one-hot column moved up and down."""
    K = len(theta["c"])
    x = np.array([one_hot(character, K) for character in text])
    norms = []
    for t in reversed(range(len(text))):
        changes = []
        for j in range(K):
            up, down = x.copy(), x.copy()
            up[t, j] += delta
            down[t, j] -= delta
            changes.append((outputs_after(theta, up)[k] - outputs_after(theta, down)[k]) / (2 * delta))
        norms.append(np.linalg.norm(changes))
    return np.array(norms)


def told(trainer, places, **options):
    return [each for each in guesses(trainer.model, trainer.theta, trainer.corpus.train, places, **options) if each]


@pytest.mark.parametrize("hidden_size", [1, 6, 30])  # fewer and more units than characters
@pytest.mark.parametrize("came", [False, True])
def test_shares_are_those_of_central_differences(hidden_size, came):
    trainer = trained(small_trainer("adam", eta=0.05, dtype="float64", hidden_size=hidden_size), 40)
    theta, text = columns(trainer.theta), trainer.corpus.train
    for guess, place in zip(told(trainer, [0, 3, 12, 13], came=came), [0, 3, 12, 13], strict=True):
        o = outputs_after(theta, [one_hot(k, len(theta["c"])) for k in text[: place + 1]])
        k = int(text[place + 1]) if came else int(o.argmax())
        norms = norms_by_differences(theta, text[: place + 1], k)
        assert (guess.place, guess.index, guess.likeliest) == (place, k, int(o.argmax()))
        assert guess.probability == pytest.approx(float(np.exp(o[k]) / np.exp(o).sum()))
        assert guess.shares == pytest.approx((norms / norms.sum()).tolist(), rel=1e-5, abs=1e-9)


def test_a_place_far_into_a_text_is_read_from_so_far_before_it_and_no_further(monkeypatch):
    monkeypatch.setattr(reach, "BACK", 3)
    monkeypatch.setattr(reach, "WARM", 4)
    trainer = trained(small_trainer("adam", eta=0.05, dtype="float64"), 40)
    theta, text = columns(trainer.theta), trainer.corpus.train
    (guess,) = told(trainer, [20])
    norms = norms_by_differences(theta, text[14:21], guess.index)[:3]
    assert guess.shares == pytest.approx((norms / norms.sum()).tolist(), rel=1e-5, abs=1e-9)


def test_the_mean_is_over_places_with_all_they_can_hang_on_before_them():
    trainer = trained(small_trainer("adam", text="so it goes. " * 30, eta=0.05, dtype="float64"), 40)
    (mean,) = [each for each in mean_reach(trainer.model, trainer.theta, trainer.corpus.train, None, 7) if each]
    chosen = np.linspace(WARM + BACK - 1, 359, 7).astype(int).tolist()
    alone = np.array([each.shares for each in told(trainer, chosen)])
    assert mean.shares == pytest.approx(alone.mean(axis=0).tolist())
    assert mean.places == 7


def test_how_many_characters_hold_a_part_of_a_guess():
    mean = MeanReach((0.4, 0.2, 0.2, 0.15, 0.05), 1)
    assert [mean.reaching(part) for part in (0.3, 0.5, 0.75, 0.9)] == [1, 2, 3, 4]
    assert MeanReach((0.0, 0.0), 0).reaching(0.5) is None


@pytest.mark.parametrize(("K", "m"), [(1, 1), (1, 3), (300, 2), (2, 1)])
def test_odd_sizes_have_shares_or_none_at_all(K, m):
    model = Model(K, m)
    theta = model.init(np.random.default_rng(0), "float32", sig=1.0)
    text = np.arange(12) % K
    for guess in guesses(model, theta, text, range(12)):
        assert guess is None or sum(guess.shares) == pytest.approx(1)
    theta.flat[:] = 0
    *_, mean = mean_reach(model, theta, text)
    assert mean.places == 0
    assert mean.reaching(0.5) is None
    *_, nothing = mean_reach(model, theta, text[:0])
    assert nothing.places == 0


def test_weights_that_grow_beyond_all_bounds_have_no_shares_and_raise_nothing():
    trainer = small_trainer()
    trainer.theta.flat[:] = np.nan
    (guess,) = told(trainer, [5])
    assert not any(guess.shares)


@pytest.mark.parametrize(("place", "first"), [(None, 380 // 3), (0, 0), (200, 200), (379, 379), (9999, 379)])
def test_a_staircase_begins_at_its_place_with_the_text_that_it_hangs_on(monkeypatch, place, first):
    monkeypatch.setattr(reach, "WARM", 60)
    text = "so it goes, and on. " * 19
    trainer = small_trainer(text=text)
    corpus = trainer.corpus
    *_, stairs = staircase(trainer.model, trainer.theta, corpus.indices, corpus.vocabulary, place)
    assert [guess.place for guess in stairs.guesses] == list(range(first, min(first + STEPS, 380)))
    assert stairs.text == text[stairs.begin : stairs.guesses[-1].place + 2]
    assert stairs.begin == max(0, first - 60 - BACK)
    assert stairs.length == 380


def test_a_text_of_nothing_is_refused_in_words():
    trainer = small_trainer()
    with pytest.raises(CorpusError, match="at least one character"):
        list(staircase(trainer.model, trainer.theta, trainer.corpus.indices[:0], trainer.corpus.vocabulary))


def test_half_of_the_quotations_are_longer_than_their_median():
    quotations = ['"' + "a" * length + '"' for length in (1, 5, 6, 7, 8, 9, 30, 31, 32, 33, 34)]
    assert quotation_length(" and ".join(quotations)) == 9
    assert quotation_length(" and ".join(quotations[:9])) is None
    assert quotation_length('"' + "a" * 50 + "\n\n" + " or ".join(quotations)) == 9  # the first is never closed
    assert quotation_length(" ".join(f"“{'b' * 4}”" for _ in range(10))) == 4


def outputs_of_steps(model, theta, text):
    state = model.zero_state(1, "float64")[0]
    for character in text:
        o, state = model.step(theta, int(character), state)
    return o


@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("cell", CELLS)
def test_shares_of_every_cell_are_those_of_a_character_that_is_a_little_of_another(cell, layers):
    """x_t = one_hot(k) + delta one_hot(j) is read as a further character, whose row of U is U[k] + delta U[j]."""
    K, m, text, delta = 4, 5, [0, 3, 1, 1, 2], 1e-5
    model, larger = Model(K, m, cell, layers), Model(K + 1, m, cell, layers)
    theta = model.init(np.random.default_rng(1), "float64", "normal", 0.7)
    (guess,) = [each for each in guesses(model, theta, np.array(text), [4]) if each]
    norms = []
    for t in reversed(range(len(text))):
        changes = []
        for j in range(K):
            o = {}
            for sign in (1, -1):
                wider = larger.init(np.random.default_rng(1), "float64")
                for name, view in theta.items():
                    wider[name][tuple(slice(size) for size in view.shape)] = view
                wider["U"][K] = theta["U"][text[t]] + sign * delta * theta["U"][j]
                o[sign] = outputs_of_steps(larger, wider, [*text[:t], K, *text[t + 1 :]])[guess.index]
            changes.append((o[1] - o[-1]) / (2 * delta))
        norms.append(np.linalg.norm(changes))
    assert guess.shares == pytest.approx((np.array(norms) / sum(norms)).tolist(), rel=1e-4, abs=1e-8)
