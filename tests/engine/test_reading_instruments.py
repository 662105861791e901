"""What panels Read and Health show, held to textbook code on states that the tests compute by themselves."""

import math

import numpy as np
import pytest

from tests.small import small_trainer, trained
from tui_rnn.engine.errors import UnknownCharacter
from tui_rnn.engine.instruments import look
from tui_rnn.engine.instruments.features import FEATURES, features
from tui_rnn.engine.instruments.subject import Subject

BOOK = (
    'A b c. "An old cat sat," Ann said; it is so.\nOn a mat it sat, and "Oh!" it said. Is it so?\n'
    "No, Dan is not on it. See an ant eat.\n"
) * 40


def of_a_book(updates=60, recipe="adagrad", **settings):
    made = {"hidden_size": 6, "seq_length": 9, "eta": 0.1, "dtype": "float64", "holdout": 0.5, **settings}
    return trained(small_trainer(recipe, BOOK, **made), updates)


def states(theta, text, h=None):
    """h after each character, one by one."""
    h, found = np.zeros(theta["W"].shape[0]) if h is None else h, []
    for x in text:
        h = np.tanh(theta["U"][x] + theta["b"] + h @ theta["W"])
        found.append(h)
    return np.array(found)


def sigma(x):
    return 1 / (1 + np.exp(-x))


def rnn(U, W, b, x, h):
    h = np.tanh(x @ U + h @ W + b)
    return h, h, {}


def lstm(U, W, b, x, state):
    h, c = np.split(state, 2)
    g, i, f, o = np.split(x @ U + h @ W + b, 4)
    c = sigma(f) * c + sigma(i) * np.tanh(g)
    h = sigma(o) * np.tanh(c)
    return h, np.concatenate((h, c)), {"i": sigma(i), "f": sigma(f), "o": sigma(o), "g": np.tanh(g)}


def gru(U, W, b, d, x, h):
    (ar, az, an), (br, bz, bn) = np.split(x @ U + b, 3), np.split(h @ W, 3)
    r, z = sigma(ar + br), sigma(az + bz)
    n = np.tanh(an + r * (bn + d))
    h = (1 - z) * n + z * h
    return h, h, {"r": r, "z": z, "n": n}


CELLS = {"rnn": (rnn, ("U", "W", "b"), 1), "lstm": (lstm, ("U", "W", "b"), 2), "gru": (gru, ("U", "W", "b", "d"), 1)}


def read_by_hand(trainer, text, begun=None):
    """Of all layers side by side, h and what the cells compute on the way there, at each character; and the outputs.

    `begun` is the state (S,) before the text; without it zeros.
    """
    config, theta = trainer.config, trainer.theta
    step, names, width = CELLS[config.cell]
    m, L = config.hidden_size, config.layers
    state = np.zeros(L * width * m) if begun is None else begun
    states, hidden, inner, outputs = np.split(state, L), [], {}, []
    for character in text:
        x, rows, insides = np.eye(len(theta["U"]))[character], [], []
        for layer in range(L):
            own = [theta[name if layer == 0 else f"{name}{layer + 1}"] for name in names]
            x, states[layer], inside = step(*own, x, states[layer])
            rows.append(x)
            insides.append(inside)
        hidden.append(np.concatenate(rows))
        for symbol in insides[0]:
            inner.setdefault(symbol, []).append(np.concatenate([each[symbol] for each in insides]))
        outputs.append(x @ theta["V"] + theta["c"])
    return np.array(hidden), {symbol: np.array(values) for symbol, values in inner.items()}, np.array(outputs)


STACKS = [("rnn", 2), ("lstm", 1), ("lstm", 2), ("gru", 1), ("gru", 2)]


@pytest.mark.parametrize(("cell", "layers"), STACKS)
def test_units_and_gates_of_every_layer_are_those_of_the_equations(cell, layers):
    trainer = of_a_book(20, recipe="adam", eta=0.01, cell=cell, layers=layers)
    seen, text = look("passage", Subject.of(trainer)), trainer.corpus.held_out.astype(int)
    written = "".join(trainer.corpus.vocabulary.characters[i] for i in text)
    begin = written.index(seen.characters[:200], 300)
    hidden, inner, outputs = read_by_hand(trainer, text[: begin + 200])
    assert seen.layers == layers
    np.testing.assert_allclose(seen.hidden[:200], hidden[begin:], atol=1e-5)
    assert seen.inner.keys() == inner.keys() == seen.inner_names.keys()
    for symbol, values in inner.items():
        np.testing.assert_allclose(seen.inner[symbol][:200], values[begin:], atol=1e-5)
    np.testing.assert_allclose(seen.outputs[:200], outputs[begin - 1 : -1], atol=1e-5)


@pytest.mark.parametrize(("cell", "layers"), STACKS)
def test_saturation_and_gates_are_counted_over_the_window_that_is_read_next(cell, layers):
    trainer = of_a_book(20, recipe="adam", eta=0.3, cell=cell, layers=layers)
    seen, window = look("health", Subject.of(trainer)), trainer.order.peek()
    hidden, inner, _ = read_by_hand(trainer, window.x[:, 0], trainer.state[0])
    assert seen.saturated == pytest.approx((abs(hidden) > 0.9).mean())
    np.testing.assert_allclose(seen.hidden[: len(hidden)], hidden, atol=1e-5)
    gates = {"i": "input gate", "f": "forget gate", "o": "output gate", "r": "reset gate", "z": "update gate"}
    known = {gates[symbol]: values for symbol, values in inner.items() if symbol in gates}
    assert {name for name, _, _ in seen.gates} == known.keys()
    for name, open_share, closed in seen.gates:
        assert open_share == pytest.approx((known[name] > 0.9).mean())
        assert closed == pytest.approx((known[name] < 0.1).mean())


@pytest.mark.parametrize("symbol", ["i", "f"])
def test_gates_are_ranked_as_units_are(symbol):
    from tui_rnn.engine.instruments.ranking import CHARACTERS, STREAMS, WARM
    from tui_rnn.engine.instruments.reader import side_by_side

    trainer = of_a_book(20, recipe="adam", eta=0.01, cell="lstm", layers=2)
    seen, characters = look("ranking", Subject.of(trainer), symbol), trainer.corpus.vocabulary.characters
    x = side_by_side(trainer.corpus.held_out.astype(int), STREAMS, WARM, CHARACTERS)
    odd = [read_by_hand(trainer, column)[1][symbol][WARM:] for column in x.T[1::2]]
    wanted = [plain_features("".join(characters[i] for i in column))[:, WARM:] for column in x.T[1::2]]
    test, test_f = np.concatenate(odd), np.concatenate(wanted, 1)
    assert (seen.m, seen.layers, seen.symbol) == (6, 2, symbol)
    for k, row in enumerate(seen.rows):
        assert 0 <= row.unit < 12
        assert row.one == pytest.approx(pearson(test[:, row.unit], test_f[k]), abs=1e-6)


def test_the_gradients_way_back_through_two_layers_is_that_of_finite_differences():
    trainer = of_a_book(20, recipe="adam", eta=0.01, cell="gru", layers=2)
    seen, window = look("health", Subject.of(trainer)), trainer.order.peek()
    begun, x, last = trainer.state[0], window.x[:, 0], window.y[-1, 0]
    shares = []
    for place in range(8, 2, -1):
        gradient = []
        for number in range(18):
            losses = []
            for push in (1e-5, -1e-5):
                state = trainer.model.zero_state(1, "float64")
                state[0] = begun
                unrolled = trainer.model.stack.unrolled(9, 1, "float64")
                unrolled.gather(trainer.theta, x[:, np.newaxis])
                unrolled.A[place, number] += push
                unrolled.gather = lambda theta, x: None  # A is pushed already
                unrolled.forward(trainer.theta, x[:, np.newaxis], state)
                losses.append(-math.log(softmax(unrolled.H[-1] @ trainer.theta["V"] + trainer.theta["c"])[last]))
            gradient.append((losses[0] - losses[1]) / 2e-5)
        shares.append(math.sqrt(sum(each**2 for each in gradient)))
    np.testing.assert_allclose(seen.shares[:6], np.array(shares) / shares[0], rtol=1e-3, atol=1e-6)


def softmax(o):
    e = np.exp(o - o.max())
    return e / e.sum()


def pearson(a, b):
    a, b = a - np.mean(a), b - np.mean(b)
    return float((a * b).sum() / math.sqrt((a * a).sum() * (b * b).sum()))


def plain_features(text):
    """Each feature by a walk along one text."""
    rows, word, capital, sentence, line, quotes = [], 0, False, 0, 0, 0
    for i, c in enumerate(text):
        following = text[min(i + 1, len(text) - 1)]
        word = word + 1 if c.isalpha() or c == "'" else 0
        capital = (c.isupper() if word == 1 else capital) and word > 0
        sentence = 0 if c in ".!?" else sentence + 1
        line, quotes = (0, 0) if c == "\n" else (line + 1, (quotes + (c == '"')) % 2)
        rows.append(
            {
                "space read": c == " ",
                "place in word": min(word, 9),
                "vowel read": c in "aeiouAEIOU",
                "space next": following == " ",
                "vowel next": following in "aeiouAEIOU",
                "punctuation read": c in ",.;:!?-",
                "capitalised word": capital,
                "capital next": following.isupper(),
                "since . ! ?": math.log1p(sentence),
                "paragraph start": -math.log1p(line),
                "inside quotes": quotes,
            }
        )
    return np.array([[float(row[name]) for row in rows] for name in FEATURES])


def test_features_are_those_of_a_walk_along_each_text():
    characters = "".join(sorted(set(BOOK)))
    texts = [BOOK[begin : begin + 150] for begin in (0, 7, 23)]
    x = np.array([[characters.index(c) for c in text] for text in texts]).T
    found = features(characters, x)
    for stream, text in enumerate(texts):
        np.testing.assert_allclose(found[:, :, stream], plain_features(text))


def test_correlations_are_pearsons_of_the_half_that_nothing_was_chosen_by():
    trainer = of_a_book()
    seen = look("ranking", Subject.of(trainer))
    text, characters = trainer.corpus.held_out.astype(int), trainer.corpus.vocabulary.characters
    from tui_rnn.engine.instruments.ranking import CHARACTERS, STREAMS, WARM
    from tui_rnn.engine.instruments.reader import side_by_side

    x = side_by_side(text, STREAMS, WARM, CHARACTERS)
    H = [states(trainer.theta, column)[WARM:] for column in x.T]
    F = [plain_features("".join(characters[i] for i in column))[:, WARM:] for column in x.T]
    chosen, judged = slice(0, None, 2), slice(1, None, 2)
    fit, test = np.concatenate(H[chosen]), np.concatenate(H[judged])
    fit_f, test_f = np.concatenate(F[chosen], 1), np.concatenate(F[judged], 1)
    assert seen.characters == len(fit) + len(test)
    for k, row in enumerate(seen.rows):
        assert row.feature == FEATURES[k]
        best = max(range(6), key=lambda unit: abs(pearson(fit[:, unit], fit_f[k])))
        assert row.unit == best
        assert row.one == pytest.approx(pearson(test[:, best], test_f[k]), abs=1e-9)
        centred = fit - fit.mean(0)
        penalty = 1e-3 * (centred**2).mean() * len(fit)  # ridge regression by the stacked least squares
        stacked = np.concatenate((centred, math.sqrt(penalty) * np.eye(6)))
        target = np.concatenate((fit_f[k] - fit_f[k].mean(), np.zeros(6)))
        weights = np.linalg.lstsq(stacked, target, rcond=None)[0]
        assert row.all == pytest.approx(pearson(test @ weights, test_f[k]), abs=1e-6)


def test_a_passage_is_what_reading_it_character_by_character_gives():
    trainer = of_a_book()
    seen = look("passage", Subject.of(trainer))
    text, characters = trainer.corpus.held_out.astype(int), trainer.corpus.vocabulary.characters
    written = "".join(characters[i] for i in text)
    begin = written.index(seen.characters[:200], 300)
    assert written[begin - 1].isspace()
    assert seen.is_unseen
    assert not seen.is_own
    h = states(trainer.theta, text[: begin + seen.length])
    for k in (0, 1, 57, seen.length - 1):
        np.testing.assert_allclose(seen.hidden[k], h[begin + k], atol=1e-5)
        p = softmax(h[begin + k - 1] @ trainer.theta["V"] + trainer.theta["c"])
        came = text[begin + k]
        assert seen.bits[k] == pytest.approx(-math.log2(p[came]), abs=1e-4)
        assert seen.ranks[k] == 1 + sum(each > p[came] for each in p)
        likeliest = sorted(range(len(p)), key=lambda i: -p[i])[:10]
        assert [characters[i] for i in seen.guesses[k]] == [characters[i] for i in likeliest]
        np.testing.assert_allclose(seen.probabilities[k], p[likeliest], atol=1e-5)


def test_a_text_of_ones_own_is_read_after_a_new_line():
    trainer = of_a_book()
    seen = look("passage", Subject.of(trainer), "it is")
    index = trainer.corpus.vocabulary.characters.index
    h = states(trainer.theta, [index(c) for c in "\nit is"])
    assert (seen.characters, seen.is_own, seen.is_unseen) == ("it is", True, False)
    np.testing.assert_allclose(seen.hidden, h[1:], atol=1e-6)
    p = softmax(h[0] @ trainer.theta["V"] + trainer.theta["c"])
    assert seen.bits[0] == pytest.approx(-math.log2(p[index("i")]), abs=1e-4)
    with pytest.raises(UnknownCharacter):
        look("passage", Subject.of(trainer), "né")


def loss_at_the_last_place(theta, x, y, h, pushes):
    """-ln p of each stream's last character, with so much added to each a_t."""
    total = 0.0
    for stream in range(x.shape[1]):
        state = h[stream]
        for t in range(len(x)):
            state = np.tanh(theta["U"][x[t, stream]] + theta["b"] + state @ theta["W"] + pushes[t, stream])
        p = softmax(state @ theta["V"] + theta["c"])
        total -= math.log(p[y[-1, stream]])
    return total


@pytest.mark.parametrize("B", [1, 2])
def test_the_gradients_way_back_is_that_of_finite_differences(B):
    trainer = of_a_book(batch_size=B)
    seen = look("health", Subject.of(trainer))
    window = trainer.order.peek()
    T, m = 9, 6
    gradient = np.empty((T, B, m))
    for place in np.ndindex(T, B, m):
        push = np.zeros((T, B, m))
        push[place] = 1e-5
        up, down = (
            loss_at_the_last_place(trainer.theta, window.x, window.y, trainer.state, sign * push) for sign in (1, -1)
        )
        gradient[place] = (up - down) / 2e-5
    arriving = np.sqrt((gradient**2).sum(2)).mean(1)[::-1]
    np.testing.assert_allclose(seen.shares, arriving / arriving[0], rtol=1e-3, atol=1e-7)


@pytest.mark.parametrize(
    ("recipe", "settings"), [("adagrad", {"clip": 0.5}), ("adam", {}), ("fast", {"clip_norm": 0.1})]
)
def test_health_is_that_of_the_update_that_the_trainer_makes_next(recipe, settings):
    def fresh():
        made = {"hidden_size": 6, "seq_length": 9, "batch_size": 2, "holdout": 0.5, "dtype": "float64", **settings}
        return trained(small_trainer(recipe, BOOK, **made), 30)

    seen = look("health", Subject.of(fresh()))
    trainer = fresh()
    window, before = trainer.order.peek(), {name: view.copy() for name, view in trainer.theta.items()}
    H = np.array([states(trainer.theta, column, h) for column, h in zip(window.x.T, trainer.state, strict=True)])
    assert seen.saturated == pytest.approx((np.abs(H) > 0.9).mean())
    trainer.step()
    ratios = {
        name: math.sqrt(((trainer.theta[name] - old) ** 2).sum() / (old**2).sum()) for name, old in before.items()
    }
    assert dict(seen.ratios) == pytest.approx(ratios, rel=1e-6)
    by = trainer.config
    if by.clip is not None:
        inside = np.abs(trainer.gradient.flat) < by.clip
        assert seen.clipped == pytest.approx(1 - inside.mean())
    if by.clip_norm is not None:
        assert seen.gradient_norm > by.clip_norm
        assert seen.clipped == pytest.approx(1 - by.clip_norm / seen.gradient_norm)


def test_the_reach_is_the_steps_over_which_shares_fall_to_a_tenth():
    from dataclasses import replace

    seen = look("health", Subject.of(of_a_book()))
    assert replace(seen, shares=tuple(10 ** (-t / 4.0) for t in range(25))).steps_to_a_tenth == pytest.approx(4.0)
    assert replace(seen, shares=tuple(1.1**t for t in range(25))).steps_to_a_tenth == math.inf
    assert replace(seen, shares=(1.0,)).steps_to_a_tenth is None


def test_a_beat_is_kept_by_units_that_repeat_themselves_and_not_by_slow_ones():
    from tui_rnn.engine.instruments.beat import LAGS, beats, products

    t = np.arange(3000)
    rng = np.random.default_rng(1)
    slow = np.convolve(rng.standard_normal(3000), np.ones(40), "same")
    values = np.array(
        [
            np.sign(np.sin(2 * np.pi * (t + 0.5) / 6)),
            np.cos(2 * np.pi * t / 3),
            (-1.0) ** t,
            slow,
            rng.standard_normal(3000),
        ]
    ).T[:, np.newaxis]
    values = values - values.mean((0, 1))
    found = np.array([products(values, lag) for lag in range(LAGS.stop)])
    for lag in (2, 6):
        for unit in range(5):
            column = values[:, 0, unit]
            assert found[lag, unit] == pytest.approx(np.mean(column[:-lag] * column[lag:]))
    assert beats(found / found[0]) == (3, 6)  # the periods 6, 3 and 2 all come back after 6
    assert beats((found / found[0])[:, 3:]) == (0, 0)


def test_units_are_held_that_are_saturated_at_nine_of_ten_characters():
    from tui_rnn.engine.instruments.beat import _CHARACTERS, _STREAMS, _WARM
    from tui_rnn.engine.instruments.reader import side_by_side

    trainer = of_a_book(40, eta=0.5)
    x = side_by_side(trainer.corpus.held_out, _STREAMS, _WARM, _CHARACTERS)
    H = np.concatenate([states(trainer.theta, column)[_WARM:] for column in x.T.astype(int)])
    shares = (np.abs(H) > 0.9).mean(0)
    seen = look("beat", Subject.of(trainer))
    assert seen.held == (shares >= 0.9).sum()
    assert seen.stuck == ((H > 0.9).all(0) | (H < -0.9).all(0)).sum()
    assert 0 < seen.held < 6


def test_what_a_schedule_leaves_of_eta_is_known():
    trainer = of_a_book(30, recipe="fast", eta=0.01, warmup=10, steps=50)
    cosine = (1 + math.cos(math.pi * (30 - 10) / (50 - 10))) / 2
    assert look("health", Subject.of(trainer)).eta_share == pytest.approx(cosine, abs=0.04)
    assert look("health", Subject.of(of_a_book())).eta_share == 1


@pytest.mark.parametrize("seed", range(4))
def test_the_spectral_radius_is_that_of_the_eigenvalues(seed):
    from tui_rnn.engine.instruments.beat import spectral_radius

    W = np.random.default_rng(seed).standard_normal((40, 40))
    W[:2, :] = W[:, :2] = 0
    W[:2, :2] = [[5, 30], [-2.7, 5]]  # a leading pair of complex eigenvalues, 5 ± 9i: growth swings
    assert spectral_radius(W) == pytest.approx(np.abs(np.linalg.eigvals(W)).max(), rel=0.02)
    assert spectral_radius(np.zeros((3, 3))) == 0
    assert spectral_radius(np.ones((3, 12))) is None


@pytest.mark.parametrize(
    ("text", "settings"),
    [("aaaaaaaaaa", {}), ("ab" * 30, {"hidden_size": 1, "seq_length": 1}), ("春眠不覺曉" * 9, {}), ("கிகீகு" * 20, {})],
)
def test_odd_alphabets_and_sizes_are_seen_too(text, settings):
    trainer = trained(small_trainer(text=text, **settings), 3)
    for name in ("passage", "ranking", "health", "beat"):
        assert look(name, Subject.of(trainer)) is not None
    assert look("passage", Subject.of(trainer)).length >= 1
