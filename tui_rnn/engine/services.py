"""What a trainer is asked for between two updates: a sample, a gradient check; and what to say when it diverged.

Each goes on in slices: between two of them it looks whether it is still wanted, and lets the screen's thread run.
"""

import time
from collections.abc import Iterator
from math import isfinite
from typing import TYPE_CHECKING

import numpy as np

from tui_rnn.engine.control import Control, GradientCheckRequest, SampleRequest
from tui_rnn.engine.corpus import Windows
from tui_rnn.engine.events import Event, Sample, SamplePiece
from tui_rnn.engine.gradcheck import check_text
from tui_rnn.engine.model import Model
from tui_rnn.engine.sampling import generate, start
from tui_rnn.engine.streams import stream

if TYPE_CHECKING:
    from tui_rnn.engine.trainer import Trainer

_SLICE = 25  # characters written between two looks at the control
# A loop of tiny operations holds the interpreter's lock; sleeping this long between slices hands it to the screen.
BREATH = 0.0001
# The check beside training is held to a network of this size, so that it is over in a fraction of a second.
_CHECK_HIDDEN_SIZE, _CHECK_SEQ_LENGTH = 100, 25
_CHECK_BUDGET = 10**9  # multiplications it may cost for each parameter: of a huge vocabulary few elements are drawn


def write_sample(trainer: "Trainer", request: SampleRequest, control: Control) -> Iterator[Event]:
    """The sample in pieces, and then whole. Live weights go on from where training reads the text.

    Its random stream is made from the seed, the step and the how-many-eth request of this step it is.
    """
    config, vocabulary = trainer.config, trainer.corpus.vocabulary
    scheduled = request.kind == "scheduled"
    best = request.model == "best" and trainer.best.step > 0
    theta = trainer.best.theta if best else trainer.theta
    if request.prime or best:
        h, x = start(theta, vocabulary, request.prime)
    else:
        h = np.zeros_like(trainer.hprev[0]) if trainer.windows.ends_epoch else trainer.hprev[0].copy()
        x = trainer.windows.peek()
    place = (trainer.step_count, 0 if scheduled else trainer.count_request())
    rng = stream(config.seed, "sampling", *place)
    indices = generate(theta, h, x, rng, request.temperature, request.top_p)
    pieces = [request.prime]
    for begin in range(0, request.length, _SLICE):
        if control.stopped or request.cancelled.is_set():
            return
        count = min(_SLICE, request.length - begin)
        pieces.append(vocabulary.decode([next(indices) for _ in range(count)]))
        yield SamplePiece(request.number, pieces[-1])
        time.sleep(BREATH)
    if scheduled:
        trainer.sampled_step = trainer.step_count + 1
    yield Sample(
        step=trainer.best.step if best else trainer.step_count + scheduled,
        smooth_loss=trainer.best.smooth_loss if best else _smooth_loss(trainer),
        temperature=request.temperature,
        top_p=request.top_p,
        text="".join(pieces),
        kind=request.kind,
        model="best" if best else "live",
        prime=request.prime,
        request=request.number,
    )


def _smooth_loss(trainer: "Trainer") -> float:
    """The smooth loss; before the first update the loss of the first window, where the smooth loss will start."""
    if trainer.smooth_loss is not None:
        return trainer.smooth_loss
    config = trainer.config
    T, B = config.seq_length, config.batch_size
    x, y = Windows(trainer.corpus.train, T, B).next()
    return trainer.model.loss(trainer.theta, x, y, trainer.hprev, trainer.model.workspace(T, B, config.dtype))


def check_gradient(trainer: "Trainer", request: GradientCheckRequest, control: Control) -> Iterator[Event]:
    """The check on the first characters of the text, on a copy of the weights or on a smaller network."""
    model, theta, seed = trainer.model, trainer.theta, trainer.config.seed
    if model.hidden_size > _CHECK_HIDDEN_SIZE:
        model = Model(model.vocab_size, _CHECK_HIDDEN_SIZE)
        theta = model.init(stream(seed, "init"), np.float64)
    T = min(trainer.config.seq_length, _CHECK_SEQ_LENGTH)
    rng = stream(seed, "gradcheck", trainer.step_count)
    most_elements = request.most_elements
    if most_elements is not None:
        affordable = _CHECK_BUDGET // (T * (model.hidden_size + 1) * (model.hidden_size + model.vocab_size))
        most_elements = max(1, min(most_elements, affordable))
    for checked in check_text(
        model, theta, trainer.corpus.train, T, rng, method=request.method, most_elements=most_elements
    ):
        if control.stopped:
            return
        if checked is not None:
            yield checked
        time.sleep(BREATH)


def what_is_hopeless(trainer: "Trainer", smooth_loss: float) -> str:
    """How far a loss that is finite lies above that of guessing, and the remedy."""
    return (
        f"at step {trainer.step_count} the smooth loss is {smooth_loss / trainer.uniform_loss:.3g} times that of "
        f"guessing every character alike: lower --eta (now {trainer.config.eta:g})"
    )


def what_diverged(trainer: "Trainer", loss: float) -> str:
    """Which number of the update at hand is not finite, in which window, and how large the others are."""
    T, B, g = trainer.config.seq_length, trainer.config.batch_size, trainer.gradient
    begin = trainer.windows.position - T
    text = trainer.corpus.vocabulary.decode(trainer.corpus.train[begin : begin + T])
    where = f"{text!r}" if B == 1 else f"of each of {B} streams; the first reads {text!r}"
    what = f"the loss is {loss}"
    if isfinite(loss):
        bad = [name for name, view in g.items() if not np.isfinite(view).all()]
        what = f"the gradient of {' '.join(bad)} is not finite" if bad else "the gradient's square overflows"
    with np.errstate(all="ignore"):
        norms = f"|theta| = {np.linalg.norm(trainer.theta.flat):.3g}, |g| = {np.linalg.norm(g.flat):.3g}"
    return (
        f"diverged at update {trainer.step_count + 1}: {what} on characters {begin} to {begin + T} ({where}); "
        f"{norms}; lower --eta (now {trainer.config.eta:g}) or set --clip"
    )
