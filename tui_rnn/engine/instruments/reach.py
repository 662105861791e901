"""What a guess hangs on: how much the likeliest output changes with each of the characters read before it."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tui_rnn.engine.errors import CorpusError
from tui_rnn.engine.instruments.subject import Subject
from tui_rnn.engine.model import Model
from tui_rnn.engine.parameters import Array, Parameters
from tui_rnn.engine.vocabulary import Vocabulary
from tui_rnn.engine.windows import Indices

BACK = 40  # characters back that are looked at; what lies before them counts as nothing
WARM = 100  # characters read before those, from a state of zeros
PLACES = 500  # over which a mean is taken
STEPS = 40  # guesses of a staircase at the most
_PIECE = 20_000_000  # multiplications, forward and back, of one piece of work: about 2 ms
# Between two marks; none goes on over the end of a paragraph, where a mark may be missing.
_QUOTATION = re.compile(r'"(?:[^"\n]|\n(?!\n))+"|“(?:[^“”\n]|\n(?!\n))+”|「[^「」]+」')
_FEWEST_QUOTATIONS, _SEARCHED = 10, 100_000  # and the characters of a text in which they are looked for


@dataclass(frozen=True, slots=True)
class Guess:
    """What the network expects after one place of a text, and what of the text before it that hangs on."""

    place: int  # of the last character read
    index: int  # the output whose changes are measured: the likeliest, or that of the character which came
    likeliest: int
    probability: float  # of `index`
    shares: tuple[float, ...]  # of the characters from `place` backwards, up to BACK; they sum to 1, or are all 0


@dataclass(frozen=True, slots=True)
class MeanReach:
    """How far back guesses hang on the text, over places spread over it."""

    shares: tuple[float, ...]  # (BACK,), the mean share of the last character, of the one before it, ...
    places: int
    quotation: int | None = None  # characters that half of the text's quotations are longer than; None without any

    def reaching(self, part: float) -> int | None:
        """The least number of characters that hold this part of a guess; None where nothing was measured."""
        return _reaching(self.shares, part)


def _reaching(shares: Sequence[float], part: float) -> int | None:
    total = 0.0
    for back, share in enumerate(shares, 1):
        total += share
        if total >= part:
            return back
    return None


@dataclass(frozen=True, slots=True)
class Staircase:
    """Guesses after places of a text that follow one another."""

    text: str  # from WARM + BACK characters before the first of them to the one that comes after the last, if any does
    begin: int  # where in the whole text it begins
    guesses: tuple[Guess, ...]
    length: int  # of the whole text


@dataclass(frozen=True, slots=True)
class Question:
    """Where a staircase is to begin, and of which guesses; None: where the instrument chooses."""

    place: int | None = None
    came: bool = False  # of the character that came each time, not of the likeliest
    own: str | None = None  # a text of the user's, not the one that the network has never seen


def reach_stairs(subject: Subject, argument: Question | None = None) -> Iterator[Staircase | None]:
    """The instrument: a staircase on text that the network has never seen, or on a text of one's own."""
    question, vocabulary = argument or Question(), subject.corpus.vocabulary
    text = _judged(subject) if question.own is None else vocabulary.encode(question.own)
    yield from staircase(subject.model, subject.theta, text, vocabulary, question.place, came=question.came)


def average_reach(subject: Subject, argument: int | None = None) -> Iterator[MeanReach | None]:
    """The instrument: how far back guesses hang on text that the network has never seen, over so many places."""
    places = argument or PLACES
    yield from mean_reach(subject.model, subject.theta, _judged(subject), subject.corpus.vocabulary, places)


def _judged(subject: Subject) -> NDArray[np.unsignedinteger]:
    """The held-out text; without one the last tenth of the text. A view."""
    corpus = subject.corpus
    return corpus.held_out if len(corpus.held_out) else corpus.train[-max(1, len(corpus) // 10) :]


def staircase(
    model: Model,
    theta: Parameters,
    text: NDArray[np.integer],
    vocabulary: Vocabulary,
    place: int | None = None,
    *,
    came: bool = False,
) -> Iterator[Staircase | None]:
    """The guesses from `place` on, up to STEPS of them; without a place from where much lies before them and behind.

    Raises CorpusError for a text without a character.
    """
    last = len(text) - 1
    if last < 0:
        raise CorpusError("there is nothing to guess after: give a text of at least one character")
    first = min(max(last - STEPS, 0), max(last // 3, WARM + BACK)) if place is None else min(max(place, 0), last)
    begin, end = max(0, first - WARM - BACK), min(first + STEPS, last + 1)
    found = []
    for guess in guesses(model, theta, text, range(first, end), came=came):
        if guess is None:
            yield None
        else:
            found.append(guess)
    yield Staircase(vocabulary.decode(text[begin : end + 1]), begin, tuple(found), len(text))


def guesses(
    model: Model,
    theta: Parameters,
    text: NDArray[np.integer],
    places: Sequence[int],
    *,
    came: bool = False,
) -> Iterator[Guess | None]:
    """The guess after each of these places of a text, in order; None after each piece of work.

    The share of a character is ||d o[k] / d x_t||, with x_t as a one-hot vector (K,) and o the outputs before the
    softmax, over the sum of these norms. k is the likeliest character or, with `came`, the one that stands next in
    the text. The network reads the text from a state of zeros, WARM + BACK characters before the place.
    """
    size = _output_change_size(theta["U"].astype(np.float64))
    yield None
    for together in _of_one_length(places, _streams(model)):
        history = min(together[0] + 1, WARM + BACK)
        begins = np.array(together) - history + 1
        x = text[begins + np.arange(history)[:, np.newaxis]].astype(np.intp)  # (history, B)
        state = model.zero_state(len(together), theta.flat.dtype)
        warm = history - min(history, BACK)
        if warm:
            reader = model.stack.unrolled(warm, len(together), theta.flat.dtype)
            reader.forward(theta, x[:warm], state)
            state = reader.state.copy()
            yield None
        chosen = [int(text[at + 1]) if came and at + 1 < len(text) else None for at in together]
        outputs, index, changes = _influence(model, theta, x[warm:], state, chosen)
        norms = size(changes)
        yield None
        for row, at in enumerate(together):
            exp = np.exp(outputs[row] - outputs[row].max())
            k = int(index[row])
            yield Guess(
                at, k, int(outputs[row].argmax()), float(exp[k] / exp.sum()), tuple(_shares(norms[::-1, row]).tolist())
            )


def mean_reach(
    model: Model,
    theta: Parameters,
    text: NDArray[np.integer],
    vocabulary: Vocabulary | None = None,
    places: int = PLACES,
) -> Iterator[MeanReach | None]:
    """The mean shares over so many places spread evenly over a text, each of which has all it can hang on before it.

    A text too short for that gives a mean over the places there are. With a vocabulary its quotations are measured too.
    """
    first = min(WARM + BACK, len(text)) - 1
    chosen = np.unique(np.linspace(first, len(text) - 1, places).astype(int)).tolist() if len(text) else []
    total, count = np.zeros(BACK), 0
    for guess in guesses(model, theta, text, chosen):
        if guess is None:
            yield None
        elif any(guess.shares):
            total[: len(guess.shares)] += guess.shares
            count += 1
    quotation = None if vocabulary is None else quotation_length(vocabulary.decode(text[:_SEARCHED]))
    yield MeanReach(tuple((total / max(count, 1)).tolist()), count, quotation)


def quotation_length(text: str) -> int | None:
    """The median length of the text's quotations, between marks of one kind; None where there are hardly any."""
    lengths = sorted(len(found.group()) - 2 for found in _QUOTATION.finditer(text))
    return lengths[len(lengths) // 2] if len(lengths) >= _FEWEST_QUOTATIONS else None


def _influence(
    model: Model, theta: Parameters, x: Indices, state: Array, chosen: Sequence[int | None]
) -> tuple[Array, Indices, Array]:
    """Outputs (B, K) after x (T, B), the output k of each stream that is looked at, and d o[k] / d a_t (T, B, G m).

    `chosen` names outputs; where it is None the largest is taken.
    """
    T, B = x.shape
    unrolled = model.stack.unrolled(T, B, theta.flat.dtype)
    with np.errstate(over="ignore", invalid="ignore"):  # weights about to diverge have no finite influence
        unrolled.forward(theta, x, state)
        outputs: Array = unrolled.H[-B:] @ theta["V"] + theta["c"]
        index = np.array([row.argmax() if k is None else k for row, k in zip(outputs, chosen, strict=True)])
        unrolled.dH.fill(0)
        unrolled.dH[-B:] = theta["V"].T[index]
        unrolled.back_to_inputs(theta)
    return outputs.astype(np.float64), index, unrolled.dA.reshape(T, B, -1).astype(np.float64)


def _output_change_size(U: Array) -> Callable[[Array], NDArray[np.float64]]:
    """What makes of d o / d a_t (T, B, G m) the norms (T, B) of d o / d x_t = U d o / d a_t, with x_t one-hot."""
    if len(U) <= U.shape[1]:
        return lambda changes: np.sqrt(np.square(changes @ U.T).sum(-1))
    squared = U.T @ U  # ||U a||² = a (U^T U) a: fewer products where there are more characters than units
    return lambda changes: np.sqrt(np.maximum((changes @ squared * changes).sum(-1), 0))


def _shares(norms: NDArray[np.float64]) -> NDArray[np.float64]:
    total = norms.sum()
    return norms / total if np.isfinite(total) and total > 0 else np.zeros(len(norms))


def _streams(model: Model) -> int:
    """So many places are looked at together, that a piece of work is short."""
    per_step = model.hidden_size**2 * model.stack.cell.gates * model.stack.layers
    return max(1, min(50, _PIECE // (per_step * 2 * BACK)))


def _of_one_length(places: Sequence[int], most: int) -> Iterator[list[int]]:
    """The places in groups of at the most so many whose texts before them are of one length."""
    group: list[int] = []
    for place in places:
        if group and (len(group) == most or min(place, WARM + BACK - 1) != min(group[0], WARM + BACK - 1)):
            yield group
            group = []
        group.append(place)
    if group:
        yield group
