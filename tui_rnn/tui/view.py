"""What the training screen makes of its data: how the chart is looked at, and the facts of a run in words."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tui_rnn.engine.config import RunConfig
from tui_rnn.engine.events import HeldOut, Started
from tui_rnn.engine.goal import Goal
from tui_rnn.readable import duration_text, figure, held_out_text, nats_and_bits, recipe_text, text_size
from tui_rnn.tui.chart import Curves
from tui_rnn.tui.messages import Live

_AVERAGED = (1, 4, 16, 64, 256)  # points of the raw loss averaged into one
_ZOOMS = (1.0, 0.5, 0.2, 0.05)  # part of the steps that is shown


@dataclass(frozen=True, slots=True)
class RunView:
    """What the screen has to know of a run before the worker tells anything."""

    config: RunConfig
    goal: Goal
    run: str  # the run directory
    save_sample: Callable[[str, str], Path]  # writes a text under a name into it, says where; raises OSError
    marker: str = "braille"
    redraws_per_second: float = 2.0


@dataclass(frozen=True, slots=True)
class ChartOptions:
    """How the loss is looked at."""

    log: bool = False
    averaging: int = 0  # place in _AVERAGED
    zoom: int = 0  # place in _ZOOMS

    def average(self, change: int) -> "ChartOptions":
        """Average over more or fewer points; 0: over none."""
        place = min(max(self.averaging + change, 0), len(_AVERAGED) - 1) if change else 0
        return replace(self, averaging=place)

    def zoomed(self, change: int) -> "ChartOptions":
        """Show fewer steps, after the fewest all again; 0: all."""
        return replace(self, zoom=(self.zoom + change) % len(_ZOOMS) if change else 0)

    def curves(
        self,
        live: Live,
        uniform_loss: float | None,
        samples: Sequence[int],
        checkpoints: Sequence[int],
        held_out: Sequence[tuple[int, float]] = (),
    ) -> Curves:
        """What the chart is to draw of this picture of the run."""
        return Curves(
            steps=live.steps,
            smooth=live.smooth,
            raw=live.raw,
            uniform_loss=uniform_loss,
            samples=tuple(samples),
            checkpoints=tuple(checkpoints),
            held_out=tuple(held_out),
            log=self.log,
            shown=_ZOOMS[self.zoom],
            averaged=_AVERAGED[self.averaging],
        )

    def title(self, live: Live, seq_length: int) -> str:
        """The figure, its units, and what of the options is not as usual."""
        nats, _ = nats_and_bits(live.smooth_loss, seq_length)
        parts = [
            f"1 Loss  {figure(live.smooth_loss, 2)} nats over {seq_length} characters",
            f"{figure(nats, 3)} nats/char",
        ]
        if self.log:
            parts.append("log scale")
        if self.zoom:
            parts.append(f"last {_ZOOMS[self.zoom]:.0%}")
        if self.averaging:
            parts.append(f"raw averaged over {_AVERAGED[self.averaging]} points")
        return " · ".join(parts)


def facts(view: RunView, started: Started, live: Live | None, held_out: HeldOut | None = None) -> dict[str, str]:
    """The run in names and values; `held_out` is what was last told of that."""
    config, corpus = view.config, started.corpus
    values = {
        "corpus": str(corpus["path"]),
        "text": text_size(corpus, config.holdout),
        "network": f"{config.cell}, m = {config.hidden_size}, {started.parameters:,} parameters, {config.dtype}",
        "windows": f"T = {config.seq_length}, B = {config.batch_size}",
        "recipe": recipe_text(config),
        "run": started.run,
    }
    if live is not None:
        nats, bits = nats_and_bits(live.best_smooth_loss, config.seq_length)
        best = f"{figure(live.best_smooth_loss, 3)} at step {live.best_step:,}"
        values["best"] = f"{best}: {nats:.3f} nats/char, {bits:.3f} bits/char"
    if held_out is not None:
        values["held out"] = held_out_text(held_out)
    if live is not None:
        values["trained"] = duration_text(live.elapsed_seconds)
        if live.updates_per_second:
            characters = live.updates_per_second * config.seq_length * config.batch_size
            values["speed"] = f"{live.updates_per_second:,.0f} updates/s, {characters:,.0f} characters/s"
    return values
