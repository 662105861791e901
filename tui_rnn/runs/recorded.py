"""What a run's log says of the updates that it stands on: adjustments, losses, texts; without what a crash undid."""

from dataclasses import dataclass, field

from tui_rnn.engine.adjustments import NAMES, Hyperparameters
from tui_rnn.engine.errors import RunError
from tui_rnn.engine.events import Adjusted, Checkpointed, Done, Progress, Started
from tui_rnn.runs.directory import RunDirectory
from tui_rnn.runs.log import read_events
from tui_rnn.runs.manifest import Manifest

_MOST_LOSSES = 100_000  # of a log that are compared


@dataclass(slots=True)
class Recorded:
    """What the log says."""

    adjustments: list[Adjusted] = field(default_factory=list)  # that were made, in order
    losses: dict[int, float] = field(default_factory=dict)  # smooth loss by step, as far as progress was logged
    texts: dict[str, int] = field(default_factory=dict)  # each text by its sha256, and the step it was first read at
    kernels: dict[str, int] = field(default_factory=dict)  # what computed updates, and the step it began at
    done: Done | None = None  # None where the run is in training, or was cut off
    saved: dict[int, int] = field(default_factory=dict)  # the adjustments that each saved state stands on, by its step

    def up_to(self, step: int) -> list[Adjusted]:
        """The adjustments that the state saved after so many updates stands on; of one not logged, those by then."""
        by_then = [each for each in self.adjustments if each.step <= step]
        return by_then if step not in self.saved else self.adjustments[: self.saved[step]]


def read_recorded(directory: RunDirectory, manifest: Manifest) -> Recorded:
    """What the log says of the run as it stands now. Raises RunError where there is no log."""
    found, begun = Recorded(), Hyperparameters.of(manifest.config, manifest.adjusted)
    try:
        for event in read_events(directory.events_file, Started, Adjusted, Checkpointed, Progress, Done):
            match event:
                case Started():
                    _begin_again(found, event, begun)
                case Adjusted() if event.refused_because is None and event.name in NAMES:
                    found.adjustments.append(event)
                case Checkpointed() if event.holds_the_state:
                    found.saved[event.step] = len(found.adjustments)
                case Progress() if len(found.losses) < _MOST_LOSSES:
                    found.losses[event.step] = event.smooth_loss
                case Done():
                    found.done = event
    except OSError as error:
        raise RunError(
            f"{directory.events_file} cannot be read ({error.strerror}): without its log a run cannot be replayed"
        ) from None
    return found


def _begin_again(found: Recorded, start: Started, begun: Hyperparameters) -> None:
    """A process goes on: what was done after the state that it goes on from is undone."""
    step = start.resumed_step
    found.done = None
    found.adjustments = found.up_to(step)
    found.saved = {at: count for at, count in found.saved.items() if at <= step}
    found.losses = {at: loss for at, loss in found.losses.items() if at <= step}
    if sha256 := start.corpus.get("sha256"):
        found.texts.setdefault(str(sha256), step)
    if kernel := start.config.get("kernel"):
        found.kernels.setdefault(str(kernel), step)
    # The start names what is in force, also where a crash kept the log from naming the checkpoint.
    in_force = {name: getattr(begun, name) for name in NAMES} | {each.name: each.value for each in found.adjustments}
    for name in NAMES:
        if name in start.config and start.config[name] != in_force[name]:
            found.adjustments.append(Adjusted(name, start.config[name], in_force[name], step))
