"""A sample beside training: written in slices, so that between two of them it can be ended and the screen can draw."""

import time
from collections.abc import Callable, Iterator

import numpy as np

from tui_rnn.engine.clock import BREATH
from tui_rnn.engine.control import SampleRequest
from tui_rnn.engine.events import Sample, SamplePiece
from tui_rnn.engine.parameters import Array
from tui_rnn.engine.rng import stream
from tui_rnn.engine.sampling import surprise
from tui_rnn.engine.vocabulary import Vocabulary

_SLICE = 25  # characters


def stream_of(request: SampleRequest, seed: int, step: int, number: int) -> np.random.Generator:
    """The random numbers of a sample: of its series, or where it has none of this step and number."""
    return stream(seed, "sampling", *((step, number) if request.series is None else (0, 0, request.series)))


def write_sample(
    request: SampleRequest,
    drawn: Iterator[tuple[int, Array]],
    vocabulary: Vocabulary,
    *,
    model: str,
    step: int,
    smooth_loss: float | None,
    recent_nats_per_char: float | None = None,
    is_stopped: Callable[[], bool],
) -> Iterator[SamplePiece | Sample]:
    """The sample in pieces, and then whole; it ends early, and without a Sample, where it is no longer wanted.

    `drawn` are the characters that the model, "live" or "best", writes after the request's prime, each with the outputs
    (K,) it was drawn from. `step` and the losses are the model's.
    """
    pieces, bits = [request.prime], 0.0
    for begin in range(0, request.length, _SLICE):
        if is_stopped() or request.cancelled.is_set():
            return
        written = [next(drawn) for _ in range(min(_SLICE, request.length - begin))]
        surprised = sum(surprise(o, x) for x, o in written)
        bits += surprised
        pieces.append(vocabulary.decode([x for x, _ in written]))
        yield SamplePiece(request.number, pieces[-1], surprised)
        time.sleep(BREATH)
    if request.in_pieces:
        return
    yield Sample(
        step=step,
        smooth_loss=smooth_loss,
        temperature=request.temperature,
        top_p=request.top_p,
        text="".join(pieces),
        kind=request.kind,
        model=model,
        prime=request.prime,
        request=request.number,
        bits_per_char=bits / request.length if request.length else None,
        recent_nats_per_char=recent_nats_per_char,
    )
