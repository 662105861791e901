"""What is done between two updates: a request is answered, a sample taken, the held-out loss measured.

Long work is done in slices. Between two of them it ends where a stop was asked for, and lets the screen's thread run.
"""

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import TypeVar

from tui_rnn.engine import sampling
from tui_rnn.engine.adjustments import NAMES
from tui_rnn.engine.clock import BREATH
from tui_rnn.engine.control import (
    AdjustRequest,
    Control,
    GradientCheckRequest,
    ObserveRequest,
    Request,
    SampleRequest,
    SaveRequest,
)
from tui_rnn.engine.errors import ConfigError, InputError
from tui_rnn.engine.events import Adjusted, Event, Sample, Warned
from tui_rnn.engine.gradcheck import check_beside_training
from tui_rnn.engine.kinds import CheckpointKind
from tui_rnn.engine.samples import stream_of, write_sample
from tui_rnn.engine.saving import Saver
from tui_rnn.engine.trainer import Trainer
from tui_rnn.engine.watching import Watching

_Result = TypeVar("_Result", bound=Event)


def serve(
    trainer: Trainer, request: Request, control: Control, saver: Saver, watching: Watching, *, ended: bool = False
) -> Iterator[Event]:
    """Answer a request. `watching` knows the instruments that look; `ended`: no further update will be made."""
    try:
        match request:
            case SaveRequest():
                yield from saver.save(CheckpointKind.REQUESTED)
            case SampleRequest():
                yield from take_sample(trainer, request, control)
            case GradientCheckRequest():
                yield from _check_gradient(trainer, request, control)
            case ObserveRequest():
                watching.ask(request)
            case AdjustRequest():
                yield adjust(trainer, request, ended=ended)
    except InputError as error:  # such as a prime with a character that the model does not know
        yield Warned(str(error))


def take_sample(trainer: Trainer, request: SampleRequest, control: Control) -> Iterator[Event]:
    """The sample in pieces, and then whole. Live weights go on from where training reads the text.

    Its random stream is made from the seed, the step and how many were asked for and written whole before, or from the
    seed and the request's series. The one at the end of a run is the text that a scheduled one would be there.
    """
    vocabulary, step = trainer.corpus.vocabulary, trainer.step_count
    scheduled, requested = request.kind == "scheduled", request.kind == "requested"
    best = trainer.best if request.model == "best" and trainer.best.step is not None else None
    theta = trainer.theta if best is None else best.theta
    begin = (
        trainer.reading()
        if best is None and not request.prime
        else sampling.start(trainer.model, theta, vocabulary, request.prime)
    )
    rng = stream_of(request, trainer.config.seed, step, trainer.requested_samples + 1 if requested else 0)
    for event in write_sample(
        request,
        sampling.draws(trainer.model, theta, *begin, rng, request.temperature, request.top_p),
        vocabulary,
        model="live" if best is None else "best",
        step=step + scheduled if best is None else best.step or 0,
        smooth_loss=trainer.smooth_loss_or_first() if best is None else best.loss,
        recent_nats_per_char=trainer.recent_nats_per_char if best is None else None,
        is_stopped=lambda: control.stopped,
    ):
        if isinstance(event, Sample):  # one that was cancelled leaves nothing
            trainer.requested_samples += requested and request.series is None
            trainer.sampled_step = step + 1 if scheduled else trainer.sampled_step
        yield event


def _check_gradient(trainer: Trainer, request: GradientCheckRequest, control: Control) -> Iterator[Event]:
    """The check on the first characters of the text, on a copy of the weights or on a smaller network."""
    checks = check_beside_training(
        trainer.config,
        trainer.model,
        trainer.theta,
        trainer.corpus.train,
        trainer.step_count,
        method=request.method,
        most_elements=request.most_elements,
    )
    for checked in _in_slices(checks, control):
        yield replace(checked, step=trainer.step_count)


def evaluate(trainer: Trainer, kind: str, control: Control) -> Iterator[Event]:
    """Measure the loss on the held-out text, unless there is none or these weights were measured before."""
    held_out, updates = trainer.held_out, trainer.step_count
    if held_out is not None and held_out.updates != updates:
        measuring = held_out.measure(trainer.model, trainer.theta, trainer.corpus.held_out, updates, kind)
        yield from _in_slices(measuring, control)


def _in_slices(work: Iterator[_Result | None], control: Control) -> Iterator[_Result]:
    """The events of the work. Between two slices it ends where a stop was asked for, and lets the screen draw."""
    for event in work:
        if control.stopped:
            return
        if event is not None:
            yield event
        time.sleep(BREATH)


def adjust(trainer: Trainer, request: AdjustRequest, *, ended: bool = False) -> Adjusted:
    """Change a hyperparameter, or say why it is refused; once training has `ended`, every change is refused."""
    before = getattr(trainer.hyperparameters, request.name, None) if request.name in NAMES else None
    refused = "training is over: a run that is resumed can be adjusted" if ended else None
    if not ended:
        try:
            trainer.adjust(request.name, request.value)
        except ConfigError as error:
            refused = str(error)
    value = request.value if refused else getattr(trainer.hyperparameters, request.name)
    return Adjusted(request.name, value, before, trainer.step_count, request.requested_at, refused)
