"""The map of the characters: principal components and cosines by other ways, and a map that drifts and never flips."""

from dataclasses import replace
from math import cos, sin

import numpy as np
import pytest

from tests.small import small_trainer, trained
from tui_rnn.engine.instruments.letters import letters
from tui_rnn.engine.model import Model


def map_of(theta, counts, view="U"):
    *_, last = letters(theta, np.asarray(counts), view)
    return last


def random_theta(K=12, m=6, seed=0):
    return Model(K, m).init(np.random.default_rng(seed), "float64", sig=1.0)


def places(a_map):
    return np.array([[letter.x, letter.y] for letter in sorted(a_map.letters, key=lambda each: each.index)])


@pytest.mark.parametrize("view", ["U", "V"])
def test_places_are_along_the_two_widest_directions_of_the_covariance(view):
    theta, counts = random_theta(), np.arange(12)  # 0, 1 and 2 are seen too rarely
    told = map_of(theta, counts, view)
    rows = (theta["U"] if view == "U" else theta["V"].T)[3:]
    values, vectors = np.linalg.eig(np.cov(rows.T))
    widest = np.argsort(-values.real)[:2]
    expected = (rows - rows.mean(axis=0)) @ vectors.real[:, widest]
    for axis in (0, 1):
        found = places(told)[:, axis]
        assert found == pytest.approx(expected[:, axis] * np.sign(found @ expected[:, axis]))
    assert told.spread == pytest.approx(values.real[widest].sum() / values.real.sum())
    assert told.left_out == 3
    assert [letter.seen for letter in told.letters] == list(range(11, 2, -1))


def test_neighbours_and_pairs_are_by_the_cosine_of_whole_rows():
    theta = random_theta()
    told = map_of(theta, np.full(12, 100))
    centred = [row - theta["U"].mean(axis=0) for row in theta["U"]]

    def cosine(i, j):
        return (
            sum(a * b for a, b in zip(centred[i], centred[j], strict=True))
            / (sum(a * a for a in centred[i]) * sum(b * b for b in centred[j])) ** 0.5
        )

    for letter in told.letters:
        others = sorted((other for other in range(12) if other != letter.index), key=lambda o: -cosine(letter.index, o))
        assert [other for other, _ in letter.nearest] == others[:8]
        assert letter.nearest[0][1] == pytest.approx(cosine(letter.index, others[0]))
    best = max((cosine(i, j), i, j) for j in range(12) for i in range(j))
    assert told.pairs[0] == (best[1], best[2], pytest.approx(best[0]))


@pytest.mark.parametrize("mirror", [1, -1])
@pytest.mark.parametrize("angle", [0.3, 2.0, 3.14159])
def test_a_map_that_came_out_turned_or_mirrored_is_put_back(angle, mirror):
    before = map_of(random_theta(), np.full(12, 100))
    turn = np.array([[cos(angle), -sin(angle)], [mirror * sin(angle), mirror * cos(angle)]])
    moved = [
        replace(each, x=float(turn[0] @ (each.x, each.y)), y=float(turn[1] @ (each.x, each.y)))
        for each in before.letters
    ]
    put_back = replace(before, letters=tuple(moved)).turned_to(before)
    assert places(put_back) == pytest.approx(places(before))


def test_the_map_drifts_while_the_network_learns():
    """From look to look no character moves further than a tenth of the map, though directions change their signs."""
    trainer, maps, flips = trained(small_trainer("adam", eta=0.01, hidden_size=8), 50), [], 0
    counts = np.bincount(trainer.corpus.indices)
    for _ in range(60):
        told = map_of(trained(trainer, 2).theta, counts)
        if maps:
            raw, told = told, told.turned_to(maps[-1])
            flips += any(places(raw)[:, axis] @ places(maps[-1])[:, axis] < 0 for axis in (0, 1))
            width = np.abs(places(told)).max()
            assert np.abs(places(told) - places(maps[-1])).max() < 0.1 * width
        maps.append(told)
    assert flips  # else this proves nothing


@pytest.mark.parametrize(("K", "m"), [(1, 1), (1, 5), (2, 1), (5, 1), (300, 2)])
def test_odd_sizes_have_a_map(K, m):
    told = map_of(random_theta(K, m), np.full(K, 1))
    assert len(told.letters) == min(K, 120)
    assert np.isfinite(places(told)).all()
    assert told.turned_to(told) == replace(told, letters=told.turned_to(told).letters)
    if m == 1:
        assert places(told)[:, 1] == pytest.approx(0, abs=1e-6)
