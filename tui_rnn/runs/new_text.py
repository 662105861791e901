"""A run's state as it begins another text: the network knows what it knows, and the text is read from its beginning."""

from dataclasses import replace
from typing import TYPE_CHECKING

from tui_rnn.engine.config import RunConfig
from tui_rnn.engine.text import SourceText

if TYPE_CHECKING:
    from tui_rnn.engine.checkpoint import Snapshot


def with_new_text(snapshot: "Snapshot", config: RunConfig, source: SourceText) -> "Snapshot":
    """The state before the first update on this text; `config` names it.

    Weights, optimizer and steps stay. The place in the text, the smooth loss, which would lag by a thousand updates,
    and the best losses, which another text may never reach, begin anew.
    """
    state = replace(
        snapshot.state,
        epochs=0,
        position=0,
        smooth_loss=None,
        best_step=None,
        best_smooth_loss=None,
        held_out_loss=None,
        held_out_updates=None,
        best_held_out_step=None,
        best_held_out_loss=None,
    )
    return replace(
        snapshot, config=config, corpus_characters=len(source.characters), corpus_sha256=source.sha256, state=state
    )
