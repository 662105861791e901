"""What a checkpoint is written for, and why a run ends: each a word of the command line's contract. No NumPy."""

from enum import StrEnum


class CheckpointKind(StrEnum):
    """What a checkpoint is written for."""

    PERIODIC = "periodic"  # every checkpoint_every updates
    TIMED = "timed"  # so much time has passed since the last one; it is logged as periodic
    REQUESTED = "requested"
    FINAL = "final"  # the run ends
    BEST = "best"  # the weights of the lowest smooth loss
    BEST_HELD_OUT = "best-held-out"  # the weights of the lowest held-out loss


BEST_MODELS = frozenset({CheckpointKind.BEST, CheckpointKind.BEST_HELD_OUT})  # weights alone: not to be resumed


class Ending(StrEnum):
    """Why a run ended in this process."""

    STEPS = "steps"  # it reached its goal, in updates or in time
    STOPPED = "stopped"  # its user asked for it
    SIGNAL = "signal"
    DIVERGED = "diverged"  # a number was no longer finite
