"""2 Samples: what the network wrote, newest on top, each under its step, its loss and its share of real words.

Alone on the screen it tells the run's story: one sample at a time, from step 1 to now.
"""

from collections import deque
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Static

from tui_rnn.engine.control import SampleRequest
from tui_rnn.engine.events import BookRead, Event, Sample, Started, Viewed
from tui_rnn.engine.words import Words
from tui_rnn.safe_text import safe_text
from tui_rnn.tui.bindings import into, key, next_previous
from tui_rnn.tui.marks import MOST_SAMPLES
from tui_rnn.tui.palette import Palette, palette_of
from tui_rnn.tui.panels.base import ScreenOptions, TextPanel
from tui_rnn.tui.run_state import RunState
from tui_rnn.tui.story import StoryView
from tui_rnn.tui.written import MEASURE, facts, heading, text_content

_RULE = 2  # columns of the rule at the newest, and of the gap beside it


class Entry(Static):
    """One sample under its heading. Its text can be selected."""

    def __init__(self, sample: Sample, seq_length: int) -> None:
        super().__init__(classes="sample", markup=False)
        self.sample, self._seq_length = sample, seq_length
        self._drawn: tuple[object, ...] = ()

    def draw(self, palette: Palette, words: Words | None, width: int) -> None:
        """Show it within so many columns: the newest brighter, words that the book does not have dim."""
        newest = self.has_class("newest")
        if self._drawn == (look := (palette, words, width, newest)):
            return
        self._drawn = look
        plain, first = (palette.text, palette.accent) if newest else (palette.muted, palette.muted)
        above = heading(facts(self.sample, self._seq_length, words), width, palette.muted, first)
        text = self.sample.text.rstrip("\n")
        begin = len(self.sample.prime)
        self.update(above.append("\n").append(text_content(text, words, plain, palette.dim, begin, f"bold {plain}")))


class Samples(TextPanel):
    """A scrolling column of samples. While an older one is read, newer ones wait above it."""

    number = 2
    title = "Samples"
    about = (
        "What the network wrote before update 1, before every so many and at the end, and when it was asked to; "
        "newest on top. Words that the book does not have are dim."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        *next_previous("sample"),
        key("home", "cursor_at(0)", "first", "Samples: the first, the last", display="home end"),
        key("end", "cursor_at(-1)", "last", "Samples: the first, the last", display="home end"),
        into("play", "play all samples as a film of 20 s"),
    ]
    waiting = "The first sample is written before update 1, by a network that knows nothing."
    nothing = "The log of this run holds no sample."

    def __init__(self, options: ScreenOptions | None = None, *, id: str | None = None) -> None:
        super().__init__(options, id=id)
        self._new: deque[Sample] = deque(maxlen=MOST_SAMPLES)  # that are not on the screen yet
        self._entries: deque[Entry] = deque()  # on the screen, the newest first
        self._words: Words | None = None
        self._next = ""
        self._story = StoryView(self.options.marker, self._show_subtitle)

    def compose(self) -> ComposeResult:
        yield from super().compose()
        yield self._story

    def on_run_event(self, event: Event, *, past: bool = False) -> None:
        """Keep a sample for the next look."""
        if isinstance(event, Sample):
            if event.text:  # of a long past only some are whole
                self._story.samples.append(event)
            self._new.append(event)
        elif isinstance(event, BookRead):
            self._words = self._story.words = event.words
            self._draw()
        elif isinstance(event, Viewed) and event.saved_step is not None and self.waiting == self.nothing:
            self.waiting = f"{self.nothing} s has its weights write one."
            self.show_waiting()
        elif isinstance(event, Started) and event.resumed_step:
            begun = f"It goes on from step {event.resumed_step:,}"
            self.waiting = f"{begun}: the first sample is written at the next step where one is due; s writes one now."
            self.show_waiting()

    def look(self, run: RunState) -> None:
        """Show the samples that are new, together, since each change of the layout is dear."""
        if self._new and not self._is_reading:
            self.add(*self._new, seq_length=run.config.seq_length)
            self._new.clear()
        self._story.seq_length = run.config.seq_length
        self._begin_story()
        if self._tells_story:
            self._story.chart.series = run.series()
            self._story.draw()
        self._show_subtitle()

    @property
    def _tells_story(self) -> bool:
        return self.has_class("-story")

    def watch_is_alone(self) -> None:
        """The large form is the story, once there is a sample to tell."""
        self._begin_story()
        if self.is_alone:
            self.scroll_home(animate=False)
        else:
            self._story.stop()
        self.refresh_bindings()

    def _begin_story(self) -> None:
        tells = self.is_alone and bool(self._story.samples)
        if tells != self._tells_story:
            self.set_class(tells, "-story")
            self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Samples are gone through one by one in the story alone."""
        return self._tells_story or action not in ("next", "into")

    def why_refused(self, action: str) -> str:
        """Why samples are not gone through one by one."""
        if self.is_alone or action.partition("(")[0] not in ("next", "into"):
            return ""
        return "The samples are gone through one by one in this panel alone: m gives it all the room."

    def action_next(self, by: int) -> None:
        """The next sample, or the one before."""
        self._story.go(by)

    def action_cursor_at(self, place: int) -> None:
        """The first sample of the story, or the last for -1; of the column its beginning, or its end."""
        if self._tells_story:
            self._story.go_to(place)
        elif place >= 0:
            self.action_scroll_home()
        else:
            self.action_scroll_end()

    def action_into(self) -> None:
        """Play all of them as a film, or have it stand still."""
        self._story.play()
        self.refresh_bindings()

    def action_leave(self) -> bool:
        """End the film, if it runs."""
        was_played = self._story.is_played
        self._story.stop()
        return was_played

    def text_to_copy(self) -> str:
        """Of the story the sample that is read."""
        if self._tells_story:
            return safe_text(self._story.read.text) if self._story.read else ""
        return "\n\n".join(str(entry.content) for entry in self._entries)

    def next_is(self, request: SampleRequest) -> None:
        """Say how the key s has a sample written; of top-p and the best weights only where they are in use."""
        ways = [f"temp {request.temperature:g}"]
        ways += [f"top-p {request.top_p:g}"] * (request.top_p < 1) + ["best weights"] * (request.model == "best")
        self._next = f"s: {', '.join(ways)}"
        self._show_subtitle()

    def add(self, *samples: Sample, seq_length: int) -> None:
        """Put these on top, the last one uppermost."""
        self.text.display = False
        for older in self._entries:
            older.remove_class("newest")
        entries = [Entry(sample, seq_length) for sample in samples[-MOST_SAMPLES:]]
        entries[-1].add_class("newest")
        self._entries.extendleft(entries)
        self._draw()
        self.mount_all(entries[::-1], before=0)
        self.scroll_home(animate=False)
        while len(self._entries) > MOST_SAMPLES:
            self._entries.pop().remove()

    @property
    def _is_reading(self) -> bool:
        """Whether an older sample is read: a newer one would move it."""
        return bool(self._entries) and self.scroll_y > 0

    def on_resize(self) -> None:
        self._draw()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        if self.is_attached:
            self._draw()

    def _draw(self) -> None:
        """Draw each entry whose look has changed, as by another width or theme, or when the words are known."""
        if not self.is_attached:
            return
        palette, width = palette_of(self.app), min(MEASURE, self.scrollable_content_region.width - _RULE)
        for entry in self._entries:
            entry.draw(palette, self._words, width)

    def _show_subtitle(self) -> None:
        waiting = f"{len(self._new)} newer above" if self._new and self._is_reading else ""
        place = f"sample {self._story.at + 1:,} of {len(self._story.samples):,}" if self._story.samples else ""
        words = (place,) if self._tells_story else (waiting, self._next)
        self.footing = tuple(map(Content, filter(None, words)))
