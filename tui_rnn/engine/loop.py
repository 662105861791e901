"""The training loop, the only one: updates, and between two of them what was asked for and what is due.

Requests are served between two updates, so nobody sees a half-updated theta.
"""

from collections.abc import Iterator
from math import log

from tui_rnn.engine.clock import Rate, RunClock
from tui_rnn.engine.control import Control, SampleRequest
from tui_rnn.engine.errors import Diverged
from tui_rnn.engine.events import Compiled, Compiling, Done, Event, NotFinite, Paused, Progress, StepDone, Warned
from tui_rnn.engine.examining import Examining
from tui_rnn.engine.goal import Goal
from tui_rnn.engine.hopeless import is_hopeless, why_hopeless
from tui_rnn.engine.kernels.preparing import SECONDS, Preparation
from tui_rnn.engine.kinds import CheckpointKind, Ending
from tui_rnn.engine.one_update import Witness
from tui_rnn.engine.sample_times import SampleTimes
from tui_rnn.engine.saving import Saver
from tui_rnn.engine.serving import evaluate, serve, take_sample
from tui_rnn.engine.state import digest
from tui_rnn.engine.trainer import Trainer
from tui_rnn.engine.watching import Watching

_BETWEEN_LOOKS = 0.02  # seconds between two looks for requests while the kernel is compiled


def run(
    trainer: Trainer,
    control: Control,
    max_steps: int,
    *,
    max_minutes: float | None = None,
    saver: Saver | None = None,
    watching: Watching | None = None,
    examining: Examining | None = None,
    progress_every: int = 1000,
) -> Iterator[Event]:
    """Train until step `max_steps` or until control says stop; everything that happens comes out as an event.

    `max_minutes` of training, on control's clock, pauses left out, end it too. Without a `saver` nothing is saved. The
    last event is Done, after the final checkpoint, which is tried again and again where the disk refuses it and control
    is patient. A number that is not finite ends the run before anything is saved over a good state.
    """
    clock = control.clock
    saver, watching = saver or Saver(trainer, None, clock), watching or Watching.of(trainer, clock)
    goal, rate = Goal(max_steps, max_minutes), Rate(clock, trainer.step_count)
    # The clock is read before each update only where the update, or whether there is one, depends on it.
    timed = max_minutes is not None or trainer.config.minutes is not None
    ending, warned = Ending.STEPS, False
    examining = examining or Examining(trainer, control)
    times, begun_at = SampleTimes(trainer), trainer.step_count
    try:
        if not goal.reached(trainer.step_count, clock.elapsed_seconds):
            yield from _prepare(trainer, control, saver, watching)
        clock.start()
        while not goal.reached(trainer.step_count, seconds := clock.elapsed_seconds if timed else 0.0):
            if control.paused:
                yield Paused(trainer.step_count)
            yield from _attend(trainer, control, saver, watching)
            granted = control.take_step()
            if saver.overdue:
                yield from saver.save(CheckpointKind.TIMED)
            if not control.stopped and times.is_due(seconds):
                if trainer.sampled_step != trainer.step_count + 1:
                    yield from take_sample(trainer, _sample_request(trainer, "scheduled"), control)
                # Before the last update it is not measured: after that one it is.
                if not control.stopped and trainer.step_count + 1 < max_steps and _evaluation_due(trainer):
                    yield from evaluate(trainer, "scheduled", control)
                if not control.stopped:
                    yield from examining.look()
                times.taken(clock.elapsed_seconds if timed else 0.0)
            if control.stopped:
                break
            if control.paused and not granted:
                continue
            witness = Witness(trainer) if granted else None  # a single step is shown whole
            done = trainer.step(seconds, witness)
            yield done
            if witness is not None:
                yield witness.observed(done)
            if watching.is_due():
                yield from watching.look()
            if done.step % progress_every == 0:
                yield _progress(trainer, done, rate.at(done.step), clock)
                if not warned and is_hopeless(done.smooth_loss, trainer.uniform_loss):
                    warned, eta = True, trainer.hyperparameters.eta
                    yield Warned(why_hopeless(done.step, done.smooth_loss, trainer.uniform_loss, eta))
            if done.step % trainer.config.checkpoint_every == 0 and not saver.waits:
                yield from saver.save(CheckpointKind.PERIODIC)
        clock.stop()
        if goal.reached(trainer.step_count, clock.elapsed_seconds):
            if trainer.step_count > begun_at:  # else an earlier process took it
                if not times.has_just_been:
                    yield from take_sample(trainer, _sample_request(trainer, "final"), control)
                yield from examining.look()
            yield from evaluate(trainer, "final", control)
        else:
            ending = control.stop_reason or ending
        if control.save_at_end:
            yield from saver.save(CheckpointKind.FINAL)
        yield from _wait_for_room(trainer, control, saver, watching, CheckpointKind.FINAL)
    except Diverged as error:
        clock.stop()
        ending, trainer.diverged = Ending.DIVERGED, trainer.diverged or str(error)
        yield NotFinite(str(error))
        yield from saver.save(CheckpointKind.BEST)
    finally:
        clock.stop()
    yield _done(trainer, ending, saver, clock)


def serve_until_stopped(
    trainer: Trainer, control: Control, saver: Saver, watching: Watching | None = None
) -> Iterator[Event]:
    """Serve requests, and make no update, until control says stop, or to go further than the goal.

    For a screen that stays when training is over.
    """
    watching = watching or Watching.of(trainer, control.clock)
    kind = CheckpointKind.BEST if trainer.diverged else CheckpointKind.TIMED
    while not control.stopped and not control.goes_further:
        control.pause()
        if saver.overdue:
            yield from saver.save(kind)
        try:
            yield from _attend(trainer, control, saver, watching, ended=True)
        except Diverged as error:  # the weights as they ended cannot be saved
            yield Warned(str(error))
    if control.stopped:
        yield from _wait_for_room(trainer, control, saver, watching, kind)


def _prepare(trainer: Trainer, control: Control, saver: Saver, watching: Watching) -> Iterator[Event]:
    """Have the kernel compiled, where it has to be, and serve requests meanwhile. It is no part of the time trained."""
    preparation = Preparation(trainer.config, is_ready=trainer.has_kernel)
    if not preparation.is_needed:
        return
    if preparation.compiles:
        yield Compiling(SECONDS)
    preparation.begin()
    while not control.stopped and not preparation.is_done(_BETWEEN_LOOKS):
        yield from _attend(trainer, control, saver, watching)
    if preparation.compiles:
        yield Compiled()


def _attend(
    trainer: Trainer, control: Control, saver: Saver, watching: Watching, *, ended: bool = False
) -> Iterator[Event]:
    """Serve what was posted. While paused, wait here, and let instruments look meanwhile."""
    while True:
        woken, waits = control.woken, control.paused and not control.stopped
        for request in control.requests(_sooner(saver.patience(), watching.seconds_to_wait() if waits else None)):
            yield from serve(trainer, request, control, saver, watching, ended=ended)
            if control.paused and not ended:  # perhaps while this was served
                yield Paused(trainer.step_count)
            if control.paused and watching.seconds_to_wait() is not None:
                break  # what was served may have given an instrument work
        waits = control.paused and not control.stopped and control.woken == woken
        if not waits or saver.overdue or watching.seconds_to_wait() is None:
            return
        with control.clock.paused():
            looked = watching.look_at_rest()
        yield from looked


def _sooner(*seconds: float | None) -> float | None:
    """The least of them; None where all are."""
    return min((each for each in seconds if each is not None), default=None)


def _wait_for_room(
    trainer: Trainer, control: Control, saver: Saver, watching: Watching, kind: CheckpointKind
) -> Iterator[Event]:
    """Where the disk has refused what is to be saved and control is patient, try until it takes it."""
    while control.is_patient and saver.unsaved:
        for request in control.requests_within(saver.patience() or 0.0):
            yield from serve(trainer, request, control, saver, watching, ended=True)
        if control.is_patient and saver.overdue:
            yield from saver.save(kind)


def _sample_request(trainer: Trainer, kind: str) -> SampleRequest:
    """For a sample that nobody asked for, "scheduled" or "final"."""
    by = trainer.hyperparameters
    return SampleRequest(by.sample_length, by.temperature, by.top_p, kind=kind, number=0)


def _evaluation_due(trainer: Trainer) -> bool:
    """Whether the held-out loss is to be measured at this scheduled sample: not too often."""
    if trainer.held_out is None:
        return False
    read = trainer.config.seq_length * trainer.config.batch_size
    return trainer.held_out.is_due(trainer.step_count, read, len(trainer.corpus.held_out))


def _progress(trainer: Trainer, done: StepDone, rate: float | None, clock: RunClock) -> Progress:
    config, order = trainer.config, trainer.order
    nats = done.smooth_loss / config.seq_length
    return Progress(
        step=done.step,
        epoch=order.epoch,
        position=order.place.position,
        loss=done.loss,
        smooth_loss=done.smooth_loss,
        nats_per_char=nats,
        bits_per_char=nats / log(2),
        updates_per_second=rate,
        characters_per_second=rate and rate * config.seq_length * config.batch_size,
        elapsed_seconds=clock.elapsed_seconds,
        recent_nats_per_char=trainer.recent_nats_per_char,
    )


def _done(trainer: Trainer, ending: Ending, saver: Saver, clock: RunClock) -> Done:
    best, held_out = trainer.best, trainer.held_out
    return Done(
        step=trainer.step_count,
        reason=ending,
        smooth_loss=trainer.smooth_loss,
        best_smooth_loss=best.loss,
        best_step=best.step or 0,
        elapsed_seconds=clock.elapsed_seconds,
        state_sha256=digest(trainer),
        saved=saver.has_state,
        best_saved=best.step is not None and saver.has_best(CheckpointKind.BEST),
        held_out_nats_per_char=held_out.latest if held_out else None,
        best_held_out_nats_per_char=held_out.best.loss if held_out else None,
        best_held_out_step=held_out.best.step if held_out else None,
        recent_nats_per_char=trainer.recent_nats_per_char,
    )
