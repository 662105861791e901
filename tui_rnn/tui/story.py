"""The story of a run: all its samples from step 1 to now, one at a time, beside the loss at each; also as a film."""

from bisect import bisect_left
from collections.abc import Callable, Sequence

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Static

from tui_rnn.engine.events import InheritedSample, Sample
from tui_rnn.engine.words import Words
from tui_rnn.tui.chart.series import Series
from tui_rnn.tui.chart.view import View
from tui_rnn.tui.grid import Grid
from tui_rnn.tui.marks import Marks
from tui_rnn.tui.palette import Palette, palette_of
from tui_rnn.tui.panels.grid import GridPanel
from tui_rnn.tui.written import MEASURE, facts, heading, text_content
from tui_rnn.wording import figure, sample_nats

FILM_SECONDS = 20.0  # from the first sample to the last
_MOST_FRAMES_PER_SECOND = 10.0
_INDEX_COLUMNS, _RULE = 38, 2  # of the index with the gap before it, and of the rule before the text
_WITH_INDEX = 70  # columns from which the index has room
_LEAST_CHART = 8  # rows
_BY = {"requested": "  asked", "final": "  end"}  # after the figures of a sample that is not one of the scheduled ones
_OF_PARENT = "  parent"  # after those of one that was written before this run branched off


class StoryChart(GridPanel, can_focus=False):
    """The loss chart with its cursor at the sample that is read."""

    def __init__(self, marker: str) -> None:
        super().__init__(id="story-chart")
        self.series = Series()
        self.step = 0
        self._marker = marker

    def paint(self, grid: Grid, palette: Palette) -> None:
        """The chart, where there is room for it and a loss to draw."""
        from tui_rnn.tui.chart.draw import draw  # it needs NumPy

        if self.series.steps and grid.height >= _LEAST_CHART and grid.width >= 40:
            draw(
                grid, palette, self.series, View(marker=self._marker, cursor=nearest_step(self.series.steps, self.step))
            )


class StoryView(Vertical):
    """One sample with its text, an index of all of them, and the curve below."""

    def __init__(self, marker: str, moved: Callable[[], None]) -> None:
        """`moved` is called when another sample is read."""
        super().__init__(id="story")
        self._moved = moved
        self.samples = Marks[Sample](lambda sample: sample.step)
        self.words: Words | None = None
        self.seq_length = 1
        self._chosen: Sample | None = None  # None: the newest, whichever that is
        self._film: Timer | None = None
        self._text = Static(markup=False, id="story-text")
        self._index = Static(markup=False, id="story-index")
        self.chart = StoryChart(marker)
        self._drawn: tuple[object, ...] = ()

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield VerticalScroll(self._text, can_focus=False)
            yield self._index
        yield self.chart

    @property
    def at(self) -> int:
        """The place of the sample that is read, among all."""
        return place_of(self._chosen, self.samples)

    @property
    def is_played(self) -> bool:
        """Whether the film runs."""
        return self._film is not None

    def go(self, by: int) -> None:
        """Read the next one, or the one before; the film stands still."""
        self.stop()
        self._go_to(self.at + by)

    def go_to(self, place: int) -> None:
        """Read the one at this place, the last one for -1; the film stands still."""
        self.stop()
        self._go_to(place if place >= 0 else len(self.samples) - 1)

    def play(self) -> None:
        """Begin the film, from the first sample where the last one is read; or have it stand still."""
        if self._film is not None:
            self.stop()
            return
        if len(self.samples) < 2:
            return
        seconds, skip = pace(len(self.samples))
        if self.at == len(self.samples) - 1:
            self._go_to(0)
        self._film = self.set_interval(seconds, lambda: self._advance(skip))

    def stop(self) -> None:
        """Have the film stand still."""
        if self._film is not None:
            self._film.stop()
            self._film = None

    def _advance(self, skip: int) -> None:
        self._go_to(self.at + skip)
        if self.at == len(self.samples) - 1:
            self.stop()

    def _go_to(self, place: int) -> None:
        if self.samples:
            place = min(max(place, 0), len(self.samples) - 1)
            self._chosen = None if place == len(self.samples) - 1 else self.samples[place]
            self.draw()
            self._moved()

    def draw(self) -> None:
        """Draw what has changed since."""
        if not self.samples or not self.is_attached or not self.size:
            return
        self._index.display = self.size.width >= _WITH_INDEX
        palette, at = palette_of(self.app), self.at
        sample, series = self.samples[at], self.chart.series
        look = (sample, len(self.samples), self.words, palette, self.size, series.steps[-1:], len(series.steps))
        if self._drawn == look:
            return
        self._drawn = look
        room = self.size.width - (_INDEX_COLUMNS if self._index.display else 0)
        width = max(1, min(MEASURE, room - _RULE))
        above = heading(facts(sample, self.seq_length, self.words), width, palette.muted, palette.accent)
        begin = len(sample.prime)
        text = text_content(
            sample.text.strip("\n"), self.words, palette.text, palette.dim, begin, f"bold {palette.text}"
        )
        self._text.update(Content("\n\n").join([above, text]))
        rows = max(1, self._index.size.height - 1)
        self._index.update(index(self.samples, at, rows, self.seq_length, self.words, palette))
        self.chart.step = sample.step
        self.chart.repaint()

    @property
    def read(self) -> Sample | None:
        """The sample that is read."""
        return self.samples[self.at] if self.samples else None


def place_of(chosen: Sample | None, samples: Sequence[Sample]) -> int:
    """The place of the chosen sample; of one that was thinned out that of the next; without one the last."""
    last = max(0, len(samples) - 1)
    if chosen is None:
        return last
    found = next((at for at, each in enumerate(samples) if each is chosen), None)
    if found is not None:
        return found
    return min(last, bisect_left([each.step for each in samples], chosen.step))


def pace(samples: int) -> tuple[float, int]:
    """Seconds that each frame of the film stands, and after how many samples the next one comes."""
    frames = samples - 1
    skip = max(1, -(-frames // int(FILM_SECONDS * _MOST_FRAMES_PER_SECOND)))
    return FILM_SECONDS * skip / frames, skip


def nearest_step(steps: Sequence[int], step: int) -> int:
    """Of the steps of a curve the one that lies nearest."""
    at = bisect_left(steps, step)
    return min(steps[max(0, at - 1) : at + 1], key=lambda each: abs(each - step))


def index(
    samples: Sequence[Sample], at: int, rows: int, seq_length: int, words: Words | None, palette: Palette
) -> Content:
    """A line a sample, so many around the one that is read: its step, its loss, its share of real words.

    One that a key asked for is marked, and so is that at the end of the run: each may stand beside one of its step. So
    are those that were written before the run branched off, by its parent.
    """
    first = min(max(0, at - rows // 2), max(0, len(samples) - rows))
    names = f"{'step':>12} {'nats/char':>9}" + f" {'real':>5}" * (words is not None)
    lines = [Content.styled(names, palette.dim)]
    for place in range(first, min(len(samples), first + rows)):
        each = samples[place]
        nats = sample_nats(each, seq_length)
        line = f"{each.step:>12,} {figure(nats, 3):>9}"
        if words is not None:
            share = words.share(each.text, len(each.prime))
            line += f" {'–' if share is None else f'{share:.0%}'.replace('%', ' %'):>5}"
        line += _OF_PARENT if isinstance(each, InheritedSample) else _BY.get(each.kind, "")
        style = f"bold {palette.accent}" if place == at else palette.muted
        lines.append(Content.styled(("▸" if place == at else " ") + line[1:], style))
    return Content("\n").join(lines)
