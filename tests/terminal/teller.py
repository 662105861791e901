"""The child of the fuzz: shows nasty strings on its terminal by the program's own ways.

`python -m tests.terminal.teller lines|samples|screen SEED COUNT`. Each string is told between «number and number».
"""

import asyncio
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path

from tests.hostile.strings import strings
from tests.small import small_config
from tests.tui.support import MadeUpApp, done, sampled, saved, started
from tui_rnn import cli
from tui_rnn.engine.control import SampleRequest
from tui_rnn.engine.events import SamplePiece, Warned
from tui_rnn.engine.goal import Goal
from tui_rnn.engine.text import SourceText
from tui_rnn.headless.sample import _write
from tui_rnn.headless.training import _Readable
from tui_rnn.runs.directory import RunDirectory
from tui_rnn.runs.job import Job
from tui_rnn.runs.manifest import Manifest
from tui_rnn.tui.messages import EventPosted
from tui_rnn.tui.notices import notify
from tui_rnn.tui.panels.run import RunPanel
from tui_rnn.tui.panels.samples import Samples
from tui_rnn.tui.screens.sample import SampleScreen

ROWS, COLUMNS = 160, 340  # a string without spaces fits into a column of the sample screen
_A_ROW = 8  # strings


def marked(seed: int, count: int, most_pieces: int = 10) -> Iterator[str]:
    for number, text in enumerate(strings(seed, count, most_pieces)):
        yield f"«{number}:{text}:{number}»"


def tell_lines(seed: int, count: int) -> None:
    """Every line of the headless front end that holds foreign text, by turns, and the one line of an error."""
    for number, text in enumerate(marked(seed, count)):
        directory = RunDirectory(Path(text.replace("/", "").replace("\0", "")))
        job = Job(directory, Manifest(small_config(), Goal(9)), SourceText("", "", ""))
        corpus = {"path": text, "characters": 9, "vocab_size": 3, "sha256": "0"}
        event = [
            sampled(1, text),
            Warned(text),
            saved(1, "periodic", text),
            started(text, corpus=corpus, resumed_from=text),
            done(),
            None,
        ][number % 6]
        if event is None:
            cli._fail(text, 2)
        else:
            sys.stdout.writelines(_Readable(job).lines(event))
        if number % 6 == 4:  # a path that ends before the first NUL has no number at its end
            print(f":{number}»")


def tell_samples(seed: int, count: int) -> None:
    """What `tui-rnn sample` writes on a terminal, in pieces of any length."""
    for text in marked(seed, count):
        for begin in range(0, len(text), 7):
            _write(text[begin : begin + 7], True, after=text[:begin])
        print()


class Teller(MadeUpApp):
    """Shows batches of strings in one place after another, each time until they are painted."""

    def __init__(self, seed: int, count: int) -> None:
        super().__init__()
        self._texts = marked(seed, count, 4)
        self._share = count // 4
        self.told_all = False

    def on_ready(self) -> None:
        self.run_worker(self._tell(), group="teller")

    async def _tell(self) -> None:
        screen = self.training
        self.post_message(EventPosted(started()))
        await self._seen()
        samples, run = screen.query_one(Samples), screen.query_one(RunPanel)
        await self._in_batches(  # of few rows, since they are folded to a measure
            self._share, 7, lambda rows: samples.add(sampled(5, "\n".join(rows)), seq_length=25)
        )
        screen.action_panel("run")
        screen.action_maximize_panel()
        await self._seen()
        await self._in_batches(self._share, 70, self._list)
        await self._in_batches(
            self._share, 70, lambda rows: run.show({str(number): row for number, row in enumerate(rows)})
        )
        await self._in_batches(100, 1, self._notify)
        screen.action_sample()
        await self._seen()
        await self._in_batches(self._share - 100, 5, self._sample)  # a column is narrow
        self.told_all = True
        self.exit()

    async def _in_batches(self, share: int, rows: int, show: Callable[[list[str]], object]) -> None:
        for begin in range(0, share, rows * _A_ROW):
            texts = list(islice(self._texts, min(rows * _A_ROW, share - begin)))
            show([" ".join(texts[first : first + _A_ROW]) for first in range(0, len(texts), _A_ROW)])
            await self._seen()

    def _list(self, rows: list[str]) -> None:
        for row in rows:
            self.training.query_one(RunPanel).add(row, datetime(2026, 11, 23))
        self.training.query_one(RunPanel).look(self.training.run)

    def _notify(self, rows: list[str]) -> None:
        self.clear_notifications()
        for row in rows:
            notify(self, row, title=row[:20])

    def _sample(self, rows: list[str]) -> None:
        assert isinstance(self.screen, SampleScreen)
        self.screen._ask()
        chosen = [each for each in self.asked(SampleRequest) if not each.in_pieces][-1]
        self.screen.show(SamplePiece(chosen.number, "\n".join(rows)))
        self.screen._draw()

    async def _seen(self) -> None:
        """Wait until all that was asked for is laid out and painted."""
        for _ in range(5):
            painted = asyncio.Event()
            self.screen.call_after_refresh(painted.set)
            await painted.wait()
        while self._notifications and not self.screen.query("Toast"):
            await asyncio.sleep(0.01)
        while getattr(self._driver, "is_behind", False):
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.15)  # two paints at the pace of the program, on a busy machine too


def main() -> None:
    how, seed, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    cli.stdio.prepare()
    if how == "screen":
        app = Teller(seed, count)
        app.run()
        assert app.told_all, app._exception
    else:
        {"lines": tell_lines, "samples": tell_samples}[how](seed, count)
    print(f"told {count}")


if __name__ == "__main__":
    main()
