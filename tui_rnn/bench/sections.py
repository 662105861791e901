"""The benchmark's sections by name: what each measures, and on which text."""

import contextlib
import dataclasses
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tui_rnn.bench import rivals
from tui_rnn.bench.measure import Figure
from tui_rnn.engine.config import RunConfig
from tui_rnn.engine.corpus import Corpus
from tui_rnn.engine.memory import MAX_MEMORY, check_memory
from tui_rnn.engine.text import MAX_CORPUS, most_bytes, read_text

_MOST_COPIED = 50_000_000  # characters, which any process reads unasked
_STAND_IN = Path("corpora", "goblet.txt")
_WORDS = "Sphinx of black quartz, judge my vow. The quick brown fox jumps over the lazy dog; pack my box with jugs!\n"


@dataclass(frozen=True, slots=True)
class Text:
    """The text at hand: indexed, and as a file."""

    corpus: Corpus
    path: Path
    made_up: bool
    warning: str = ""  # what is odd about it


@dataclass(frozen=True, slots=True)
class Section:
    """One table of figures."""

    title: str
    measure: Callable[[Text, float], list[Figure]]  # of a text, with about so many seconds a contender
    bar: str = ""  # the unit that is drawn as bars
    usual: bool = False  # measured where no section is asked for by name
    needs_a_book: bool = False
    least: int = 1  # characters that the text must have


def _speed(text: Text, seconds: float) -> list[Figure]:
    from tui_rnn.bench.speed import speed

    with rivals.one_thread():
        return speed(text.corpus, seconds)


def _gated(text: Text, seconds: float) -> list[Figure]:
    from tui_rnn.bench.gated import gated

    with rivals.one_thread():
        return gated(text.corpus, seconds)


def _gradient(text: Text, seconds: float) -> list[Figure]:
    from tui_rnn.bench.gradients import gradients

    with rivals.one_thread():
        return gradients(text.corpus, seconds)


def _phases(text: Text, seconds: float) -> list[Figure]:
    from tui_rnn.bench.phases import phases

    figures = []
    for label, options in {
        "adagrad, float32": {"recipe": "adagrad"},
        "adagrad, float64": {"recipe": "adagrad", "dtype": "float64"},
        "fast": {"recipe": "fast"},
        "wide": {"recipe": "wide"},
    }.items():
        figures += [dataclasses.replace(f, group=label) for f in phases(text.corpus, seconds, **options)]
    return figures


def _scale(text: Text, seconds: float) -> list[Figure]:
    from tui_rnn.bench.scale import scale

    return scale(seconds)


def _corpus(text: Text, seconds: float) -> list[Figure]:
    from tui_rnn.bench.scale import corpus_sizes

    return corpus_sizes()


def _start(text: Text, seconds: float) -> list[Figure]:
    from tui_rnn.bench.startup import startup

    return startup(text.path, rounds=9)


def _screen(text: Text, seconds: float) -> list[Figure]:
    from tui_rnn.bench.redraw import redraw_cost
    from tui_rnn.bench.screen import key_latency, panel_cost, screen_tax

    return [
        *redraw_cost(),
        *key_latency(text.path, presses=60),
        *screen_tax(text.path, max(seconds, 4.0), rounds=8),
        *panel_cost(text.path, max(seconds, 4.0), rounds=6),
    ]


def _recipe(text: Text, seconds: float) -> list[Figure]:
    from tui_rnn.bench.recipe import recipe

    return [*recipe(text.corpus, "fast"), *recipe(text.corpus, "wide")]


def _networks(text: Text, seconds: float) -> list[Figure]:
    from tui_rnn.bench.networks import networks

    with rivals.one_thread():
        return networks(text.corpus, seconds)


SECTIONS: Mapping[str, Section] = {
    "speed": Section("Updates and characters a second, by turns", _speed, "characters/s", usual=True, least=832),
    "gated": Section("LSTM and GRU beside PyTorch, by turns", _gated, least=832),
    "gradient": Section("The gradient of one window, m = 100, T = 25", _gradient, "x", usual=True, least=26),
    "phases": Section("Where one update's time goes", _phases, "µs", usual=True, least=420),
    "scale": Section("The cost of an update along m, T, B and K (the others as in the report)", _scale, "characters/s"),
    "corpus": Section("What a text costs to read, and the memory it then takes", _corpus),
    "start": Section("How soon the program is there", _start, least=26),
    "screen": Section("What the live screen costs, on terminals of 120x40 and 200x60", _screen, least=26),
    "recipe": Section("What the quick recipes learn in seconds, five seeds", _recipe, needs_a_book=True, least=467),
    "networks": Section(
        "What networks learn in 10 s; with --seconds 60 in a minute too, with --seconds 600 in ten",
        _networks,
        needs_a_book=True,
        least=467,
    ),
}


@contextlib.contextmanager
def text_for(
    name: str | None,
    encoding: str = "utf-8",
    errors: str = "strict",
    max_corpus: int | None = None,
    max_memory: int | None = None,
) -> Iterator[Text]:
    """The text of this path, else the stand-in where it lies at hand, else a made-up one in a temporary file.

    The path leads to a copy in UTF-8 where the file itself is not that, so
    that a process that is timed can read it without an option.
    """
    path = Path(name) if name is not None else _STAND_IN
    with tempfile.TemporaryDirectory() as folder:
        if name is not None or path.exists():
            source = read_text(path, encoding, errors, most_bytes(MAX_CORPUS if max_corpus is None else max_corpus))
            # The largest network that is measured on the text itself, in the larger of the number formats.
            largest = RunConfig.from_recipe("wide", str(path), dtype="float64")
            most = MAX_MEMORY if max_memory is None else max_memory
            check_memory(str(path), source.characters, largest, most, remedy="use a text of fewer characters")
            if (encoding, errors) != ("utf-8", "strict") or len(source.characters) > _MOST_COPIED:
                path = Path(folder, "text.txt")
                copied = source.characters[:_MOST_COPIED].encode("utf-8", "replace")
                path.write_bytes(copied)
            yield Text(Corpus.from_source(source), path, made_up=False, warning=source.warning)
            return
        path = Path(folder, "made-up.txt")
        path.write_text(_WORDS * 5000, encoding="utf-8")
        yield Text(Corpus.from_source(read_text(path)), path, made_up=True)
