"""The worker's side of a view: it reads a run's files, follows them as they grow, and writes samples by its models."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from math import inf
from typing import TYPE_CHECKING

from textual.message import Message

from tui_rnn.engine.control import Control, ObserveRequest, Request, SampleRequest
from tui_rnn.engine.errors import TuiRnnError
from tui_rnn.engine.events import Checkpointed, Event, HeldOut, NGramsCounted, Progress, Sample, Viewed, Warned
from tui_rnn.engine.joined_text import short_name
from tui_rnn.engine.text import held_out_length, updates_per_epoch
from tui_rnn.runs import ngrams
from tui_rnn.runs.followed import TRAINING, FollowedRun
from tui_rnn.runs.past import inherited_past
from tui_rnn.safe_text import safe_text
from tui_rnn.tui.book import read_book
from tui_rnn.tui.counting import MOST_CHARACTERS
from tui_rnn.tui.marks import most_telling
from tui_rnn.tui.messages import EventPosted, RunPast, RunPicture
from tui_rnn.tui.screen_worker import ScreenWorker
from tui_rnn.tui.view_instruments import ViewInstruments

if TYPE_CHECKING:
    from tui_rnn.engine.state import TrainingState

_LOOK_SECONDS = 0.5  # between two looks at the files
_RELOAD_SECONDS = 10.0  # between two readings of a checkpoint, whose history is finer than the log's progress
_LARGE = 64 << 20  # bytes of a checkpoint that is read once alone

Points = Sequence[tuple[int, float, float]]  # (step, smooth loss, loss), by step


class ReadOnlyControl(Control):
    """Lets samples be asked for, and looks of instruments, which change nothing; refuses what would change the run."""

    def __init__(self, refuse: Callable[[], object]) -> None:
        super().__init__(paused=True)
        self._refuse = refuse

    def post(self, request: Request) -> None:
        if isinstance(request, SampleRequest | ObserveRequest):
            super().post(request)
        else:
            self._refuse()

    def pause(self) -> None:
        self._refuse()

    def resume(self) -> None:
        self._refuse()

    def one_step(self) -> None:
        self._refuse()


class ViewWorker(ScreenWorker):
    """Runs in a thread of its own. The screen reads `picture` and is posted all else, as of a run in training."""

    def __init__(self, followed: FollowedRun, control: Control, post: Callable[[Message], object]) -> None:
        super().__init__(control, post)
        self.followed = followed
        self._history: Points = ()  # of the newest checkpoint that was read
        self._saved: TrainingState | None = None  # of that checkpoint
        self._read_at = -inf
        self._instruments = ViewInstruments()
        self._has_text = False
        self._characters: int | None = None  # of the text, as the checkpoint says
        self.picture: RunPicture | None = self._picture()  # of the newest lines of the log, at once

    def _work(self) -> None:
        """Read all there is, then follow it until control says stop."""
        self._read_checkpoint()
        self._past()
        self._read_text()
        self._tell([self._at_hand()])
        look_at = -inf
        while not self._control.stopped:
            for request in self._control.requests(self._instruments.seconds_to_wait(_LOOK_SECONDS)):
                self._serve(request)
            self._tell(self._instruments.look())
            if not self._control.stopped and self._control.clock.now() >= look_at:
                self._look()
                look_at = self._control.clock.now() + _LOOK_SECONDS

    def _tell(self, events: Iterable[Event]) -> None:
        for event in events:
            self._post(EventPosted(event))

    def _past(self) -> None:
        """Hand over what the log holds, as far as it is shown."""
        inherited = inherited_past(self.followed.directory, self.followed.manifest)
        own = (event for event in self.followed.news() if isinstance(event, Sample | HeldOut | Checkpointed))
        telling = most_telling(chain(inherited, own))
        log = self.followed.log
        starts = [each for each in (log.start,) if each is not None]
        ended = [log.done] if log.done is not None else []
        sha256, vocab_size = log.corpus.get("sha256"), log.corpus.get("vocab_size")
        losses = ngrams.kept(self.followed.directory, sha256, vocab_size)
        counted = [NGramsCounted(losses)] if losses is not None else []
        past: Iterable[Event] = chain(starts, log.checks.values(), log.notes, telling, log.progress, counted, ended)
        self.picture = self._picture()
        self._post(RunPast(list(past)))

    def _read_text(self) -> None:
        """Where the run's own text is at hand, tell what is known of it: its words, and what counting reaches."""
        from tui_rnn.engine.corpus import Corpus
        from tui_rnn.engine.ngram import text_losses

        if self._control.stopped or (source := self.followed.text()) is None:
            return
        self._has_text = True
        whole = Corpus.from_source(source)
        corpus = whole.holding_out(self.followed.config.holdout)
        self._tell(self._instruments.text(whole))
        read_book(corpus, self._post, lambda: self._control.stopped)
        K = len(corpus.vocabulary)
        if len(corpus) > MOST_CHARACTERS or ngrams.kept(self.followed.directory, corpus.sha256, K) is not None:
            return
        if losses := tuple(text_losses(corpus.indices, K)):
            self._post(EventPosted(NGramsCounted(losses)))

    def _look(self) -> None:
        """Hand over what is new."""
        before = self.followed.state, self.followed.log.last_progress
        for event in self.followed.news():
            if isinstance(event, Checkpointed) and event.holds_the_state:
                self._read_checkpoint()
                self._tell([self._at_hand()])
            self.picture = self._picture()  # before the event, so that its handler finds the picture
            self._post(EventPosted(event))
        if before != (self.followed.state, self.followed.log.last_progress):
            self.picture = self._picture()

    def _read_checkpoint(self) -> None:
        """Take the history, the best and the epochs of the newest sound checkpoint; not again within some seconds."""
        now = self._control.clock.now()
        if now < self._read_at + _RELOAD_SECONDS or (self._history and self._is_large()):
            return
        self._read_at = now
        if (snapshot := self.followed.snapshot()) is None:
            return
        self._tell(self._instruments.model(snapshot))
        arrays, state = snapshot.arrays, snapshot.state
        self._history = list(
            zip(*(arrays[f"history.{name}"].tolist() for name in ("steps", "smooth", "raw")), strict=True)
        )
        self._saved, self._characters = state, snapshot.corpus_characters
        self.picture = self._picture()

    def _at_hand(self) -> Viewed:
        """What the instruments have to look at, or why there is nothing."""
        saved = self._saved
        name = safe_text(short_name(self.followed.config.corpus), one_line=True)
        if saved is None and self.followed.state == TRAINING:
            why = "The first checkpoint of this run is not written yet; its weights are looked at then."
        elif saved is None:
            why = "No checkpoint of this run can be read, so there are no weights to look at."
        elif not self._has_text:
            why = f"The text of this run, {name}, is not where it lay, or was changed; the weights have none to read."
        else:
            why = ""
        return Viewed(None if saved is None else saved.step, self._text_length, why)

    @property
    def _text_length(self) -> int | None:
        """Characters of the text, as the log says or the checkpoint."""
        characters = self.followed.log.corpus.get("characters", self._characters)
        return characters if type(characters) is int and characters > 0 else None

    def _is_large(self) -> bool:
        try:
            return max(path.stat().st_size for path in self.followed.directory.checkpoints.glob("*.ckpt")) > _LARGE
        except (OSError, ValueError):
            return False

    def _picture(self) -> RunPicture | None:
        """The run as its files show it."""
        log = self.followed.log
        newest, done = log.last_progress, log.done
        # Of a glance at the log's end alone the curve would be one of its last moments, drawn over the whole run.
        points = curve(self._history, log.progress, log.step) if log.start is not None else list(self._history)
        if not points and newest is None:
            return None
        step, smooth, loss = points[-1] if points else (log.step, inf, inf)
        if newest is not None and newest.step >= step:
            step, smooth, loss = newest.step, newest.smooth_loss, newest.loss
        if done is not None and done.smooth_loss is not None:
            step, smooth = done.step, done.smooth_loss
        best = [(log.best, log.best_step or 0)] if log.best is not None else []
        if (saved := self._saved) is not None and saved.best_smooth_loss is not None:
            best.append((saved.best_smooth_loss, saved.best_step or 0))
        best_loss, best_step = min(best, default=(inf, 0))
        return RunPicture(
            step=max(step, log.step),
            epoch=self._epoch(max(step, log.step)),
            loss=loss,
            smooth_loss=smooth,
            best_smooth_loss=best_loss,
            best_step=best_step,
            updates_per_second=newest.updates_per_second if newest is not None and done is None else None,
            recent_loss=self._recent(),
            elapsed_seconds=max(log.elapsed_seconds, saved.elapsed_seconds if saved else 0.0),
            steps=tuple(point[0] for point in points),
            smooth=tuple(point[1] for point in points),
            raw=tuple(point[2] for point in points),
        )

    def _recent(self) -> float | None:
        """The mean loss of the last 50 updates, as the newest line says that has it."""
        newest = self.followed.log.done or self.followed.log.last_progress
        nats = None if newest is None else newest.recent_nats_per_char
        return None if nats is None else nats * self.followed.config.seq_length

    def _epoch(self, step: int) -> float:
        """Texts read by this step: as the newest progress says, and from there by the updates that an epoch has."""
        config, log, begun_at = self.followed.config, self.followed.log, self.followed.manifest.corpus.begun_at
        newest, characters = log.last_progress, self._text_length
        known, since = (newest.epoch, newest.step) if newest is not None else (0.0, begun_at)
        if characters is None:
            return known
        trained = characters - held_out_length(characters, config.holdout)
        updates = updates_per_epoch(trained, config.seq_length, config.batch_size, config.order, config.chunks)
        return known + max(0, step - since) / max(1, updates)

    def _serve(self, request: Request) -> None:
        if isinstance(request, ObserveRequest):
            self._tell(self._instruments.ask(request))
        if isinstance(request, SampleRequest):
            try:
                for event in self._written(request):
                    self._post(EventPosted(event))
            except TuiRnnError as error:
                self._post(EventPosted(Warned(str(error))))

    def _written(self, request: SampleRequest) -> Iterator[Event]:
        """What the best model that is saved, or the latest, writes."""
        from tui_rnn.engine.samples import stream_of, write_sample
        from tui_rnn.engine.sampling import draws, start
        from tui_rnn.engine.vocabulary import Vocabulary
        from tui_rnn.engine.writing import network, weights

        snapshot, _ = self.followed.directory.model(last=request.model != "best")
        vocabulary, model, theta = Vocabulary(snapshot.vocabulary), network(snapshot), weights(snapshot)
        rng = stream_of(request, snapshot.config.seed, snapshot.state.step, request.number)
        begun = start(model, theta, vocabulary, request.prime)
        yield from write_sample(
            request,
            draws(model, theta, *begun, rng, request.temperature, request.top_p),
            vocabulary,
            model=request.model,
            step=snapshot.state.step,
            smooth_loss=snapshot.state.smooth_loss,
            is_stopped=lambda: self._control.stopped,
        )


def curve(history: Points, progress: Sequence[Progress], last: int) -> list[tuple[int, float, float]]:
    """The points of a checkpoint's history, gone on with by the log's progress; none later than the `last` step."""
    points = [point for point in history if point[0] <= last]
    end = points[-1][0] if points else 0
    return points + [(each.step, each.smooth_loss, each.loss) for each in progress if each.step > end]
