"""A sample beside training: written in slices, so that between two of them it can be ended and the screen can draw."""

import time
from collections.abc import Callable, Iterator

from tui_rnn.engine.clock import BREATH
from tui_rnn.engine.control import SampleRequest
from tui_rnn.engine.events import Sample, SamplePiece
from tui_rnn.engine.vocabulary import Vocabulary

_SLICE = 25  # characters


def write_sample(
    request: SampleRequest,
    indices: Iterator[int],
    vocabulary: Vocabulary,
    *,
    model: str,
    step: int,
    smooth_loss: float | None,
    is_stopped: Callable[[], bool],
) -> Iterator[SamplePiece | Sample]:
    """The sample in pieces, and then whole; it ends early, and without a Sample, where it is no longer wanted.

    `indices` are the characters that the model, "live" or "best", writes after the request's prime. `step` and
    `smooth_loss` are the model's.
    """
    pieces = [request.prime]
    for begin in range(0, request.length, _SLICE):
        if is_stopped() or request.cancelled.is_set():
            return
        count = min(_SLICE, request.length - begin)
        pieces.append(vocabulary.decode([next(indices) for _ in range(count)]))
        yield SamplePiece(request.number, pieces[-1])
        time.sleep(BREATH)
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
    )
