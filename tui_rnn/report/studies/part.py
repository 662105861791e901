"""A study's own part of its report."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tui_rnn.report.document import Block

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Part:
    """Answers in the order of the study's questions, the blocks after them, and their figures by name."""

    answers: Sequence[str]
    headline: str = ""  # in place of the sentence about the best setting; "": that stays
    is_about_losses: bool = True  # whether the losses of the settings are what the study asks for
    blocks: Sequence[Block] = ()
    figures: "Mapping[str, Figure]" = field(default_factory=dict)
