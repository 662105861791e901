"""What trains the jobs of a sweep: the small interface through which the conductor uses any machines."""

from typing import Protocol

from tui_rnn.sweeps.spec import JobResult, JobSpec


class Engine(Protocol):
    """Trains jobs by `run_job`, some at a time. Used by one thread."""

    @property
    def places(self) -> int:
        """Jobs that are wanted of it at a time; it may change, as machines come and go. 0: it waits for some."""
        ...

    @property
    def trouble(self) -> str:
        """Why nothing can be trained for now, in one line; "" where all is well."""
        ...

    def submit(self, spec: JobSpec) -> None:
        """Have the job trained, as soon as there is a place."""
        ...

    def completed(self, seconds: float) -> list[JobResult]:
        """What came of jobs that have ended since, waiting so long for the first; of each that was submitted once."""
        ...

    def cancel(self) -> None:
        """Have all that train end with a checkpoint, and none begin. Their results come from `completed`."""
        ...

    def close(self) -> None:
        """End what still trains, at once, and let go of everything."""
        ...
