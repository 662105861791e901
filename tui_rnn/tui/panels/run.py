"""4 Run: its facts, as the text, the network, the recipe, the speed, and where everything is kept."""

from collections.abc import Mapping

from textual.content import Content

from tui_rnn.safe_text import safe_text
from tui_rnn.tui.panels.base import ScreenOptions, TextPanel
from tui_rnn.tui.run_state import RunState
from tui_rnn.wording import (
    counted,
    duration_text,
    figure,
    held_out_text,
    nats_and_bits,
    rate_text,
    recipe_text,
    text_size,
)


class Facts(TextPanel):
    """Names and values in two columns."""

    number = 4
    title = "Run"
    about = "What is trained on what, how, how fast, and in which folder all of it is kept."
    waiting = "Reading corpus…"

    def __init__(self, options: ScreenOptions | None = None, *, id: str | None = None) -> None:
        super().__init__(options, id=id)
        self._facts: Mapping[str, str] = {}

    def look(self, run: RunState) -> None:
        """Show the facts as they are now."""
        self.show(facts(run))

    def show(self, facts: Mapping[str, str]) -> None:
        """Show these, in this order; the same once more costs nothing."""
        if facts == self._facts:
            return
        self._facts = facts
        width = max(map(len, facts), default=0)
        lines = [
            Content.assemble((name.ljust(width) + "  ", "$text-muted"), safe_text(value, one_line=True))
            for name, value in facts.items()
        ]
        self.show_text(Content("\n").join(lines))


def facts(run: RunState) -> dict[str, str]:
    """The run in names and values; none before it has begun."""
    if run.started is None:
        return {}
    config, started, live, held_out = run.config, run.started, run.picture, run.last_held_out
    corpus = started.corpus
    parameters = counted(started.parameters, "parameter")
    values = {
        "corpus": str(corpus["path"]),
        "text": text_size(corpus, config.holdout),
        "network": f"{config.cell}, m = {config.hidden_size}, {parameters}, {config.dtype}",
        "windows": f"T = {config.seq_length}, B = {config.batch_size}",
        "recipe": recipe_text(config),
        "run": started.run,
    }
    if live is not None:
        nats, bits = nats_and_bits(live.best_smooth_loss, config.seq_length)
        best = f"{figure(live.best_smooth_loss, 3)} at step {live.best_step:,}"
        values["best"] = f"{best}: {figure(nats, 3)} nats/char, {figure(bits, 3)} bits/char"
    if held_out is not None:
        values["held out"] = held_out_text(held_out)
    if live is not None:
        values["trained"] = duration_text(live.elapsed_seconds)
        if rate := run.updates_per_second:
            characters = rate * config.seq_length * config.batch_size
            values["speed"] = f"{rate_text(rate)} updates/s, {rate_text(characters)} characters/s"
    return values
