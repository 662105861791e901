"""A figure: something measured, with its unit and, where there is one, the bound it is held to."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number, a median where there were rounds."""

    name: str
    value: float
    unit: str  # "updates/s", "characters/s", "µs", "ms", "s", "x" for a ratio, "nats/char", "bytes/char", …
    bound: float | None = None
    at_least: bool = True  # whether the bound is a least or a most
    note: str = ""  # what a reader has to know beside it
    group: str = ""  # figures of one group stand in a table of their own

    @property
    def holds(self) -> bool | None:
        """Whether the bound is kept; None where there is none."""
        if self.bound is None:
            return None
        return self.value >= self.bound if self.at_least else self.value <= self.bound
