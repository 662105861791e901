"""`tui-rnn gradcheck`: the report's table, or the proof, for a network of any size on any text."""

import sys
import textwrap
from collections.abc import Iterator, Mapping
from math import isfinite
from typing import Any

from tui_rnn import stdio
from tui_rnn.engine.config import CHOICES, WHOLE_NUMBERS, RunConfig, option
from tui_rnn.engine.corpus import Corpus
from tui_rnn.engine.errors import ConfigError, not_known
from tui_rnn.engine.event_records import as_record
from tui_rnn.engine.events import CENTRAL, COMPLEX, GradientChecked
from tui_rnn.engine.faults import FAULTS, why_nothing_changes
from tui_rnn.engine.gradcheck import DELTA, check_text, first_window
from tui_rnn.engine.lessons import Lessons, teach, which_fail
from tui_rnn.engine.memory import MAX_MEMORY, check_memory_of_check, parameters
from tui_rnn.engine.model import Model
from tui_rnn.engine.rng import stream
from tui_rnn.engine.text import MAX_CORPUS, SourceText, check_length, most_bytes, read_text
from tui_rnn.headless.gradient_lines import broken_table, gradient_table, gradient_title
from tui_rnn.runs.log import as_line
from tui_rnn.safe_text import safe_text

# Without a corpus: all letters in a few words, so that the check needs no file.
_TEXT = "Sphinx of black quartz, judge my vow. The quick brown fox jumps over the lazy dog; pack my box with jugs!\n"
_DECIDES = (
    "Of a gradient as small as the rounding errors of two losses differences see nothing: --method complex decides."
)
# Multiplications one check may cost; above it, as many elements of each parameter are drawn as it allows.
_BUDGET = 10**10
_MOST_SEED = 10_000


def check(
    corpus: str | None,
    cell: str,
    hidden_size: int,
    seq_length: int,
    seed: int,
    method: str,
    delta: float | None,
    as_json: bool,
    encoding: str = "utf-8",
    errors: str = "strict",
    max_corpus: int | None = None,
    max_memory: int | None = None,
    layers: int = 1,
    fault: str | None = None,
) -> int:
    """Print the table of a freshly initialised network (weights N(0, 0.01), float64); 1 where a row fails, else 0.

    With a `fault` the gradient is one that has it, and its errors stand beside those of the right one.
    """
    sizes = {"hidden_size": hidden_size, "seq_length": seq_length, "layers": layers}
    _check_options(cell, method, delta, fault, {**sizes, "seed": seed})
    source = SourceText("", _TEXT * 100, "") if corpus is None else _read(corpus, encoding, errors, max_corpus)
    name = corpus or "the built-in text"
    check_length(name, len(source.characters), seq_length, 1)
    allowed = MAX_MEMORY if max_memory is None else max_memory
    check_memory_of_check(name, source.characters, hidden_size, seq_length, allowed, cell, layers)
    text = Corpus.from_source(source)
    K, m, T = len(text.vocabulary), hidden_size, seq_length
    config = RunConfig.from_recipe("report", corpus or "text", cell=cell, layers=layers, hidden_size=m, seq_length=T)
    model = Model.from_config(config, K)
    theta = model.init(stream(seed, "init"), "float64")
    most_elements = max(100, _BUDGET // (T * parameters(K, m, cell, layers)))
    if fault is not None:
        if why := why_nothing_changes(fault, K, m, T):
            raise ConfigError(f"--break {fault} changes nothing here, {why}: choose a larger network or text")
        *_, taught = teach(
            model,
            theta,
            *first_window(text.indices, T),
            [fault],
            method=method,
            delta=delta,
            most_elements=most_elements,
        )
        assert isinstance(taught, Lessons)
        return _show_broken(taught, DELTA[method] if delta is None else delta, as_json)
    *_, found = check_text(
        model,
        theta,
        text.indices,
        T,
        stream(seed, "gradcheck"),
        method=method,
        delta=delta,
        most_elements=most_elements,
    )
    assert isinstance(found, GradientChecked)
    if as_json:
        sys.stdout.write(as_line(as_record(found)))
    else:
        print(f"Gradient check, {gradient_title(found)}", *gradient_table(found.rows), sep="\n")
        if method == CENTRAL and not found.passed:
            print(_DECIDES)
    return 0 if found.passed else 1


def _check_options(
    cell: str, method: str, delta: float | None, fault: str | None, whole_numbers: Mapping[str, int]
) -> None:
    """Raise ConfigError for a value that cannot be used."""
    if cell not in CHOICES["cell"]:
        raise not_known("--cell", cell, CHOICES["cell"])
    if method not in (CENTRAL, COMPLEX):
        raise not_known("--method", method, (CENTRAL, COMPLEX))
    if delta is not None and not (isfinite(delta) and delta > 0):
        raise ConfigError(f"--delta {delta} cannot be used: give a positive number such as 1e-4")
    if fault is not None and fault not in FAULTS:
        raise not_known("--break", fault, FAULTS)
    for name, value in whole_numbers.items():
        low, high = (0, _MOST_SEED) if name == "seed" else WHOLE_NUMBERS[name]
        if not low <= value <= high:
            raise ConfigError(f"{option(name)} {value} cannot be used: give a whole number from {low} to {high}")


def _show_broken(taught: Lessons, delta: float, as_json: bool) -> int:
    """The check of one broken gradient beside the intact one; 1 where a row fails."""
    (lesson,) = taught.lessons
    passed = all(row.verdict == "pass" for row in lesson.rows)
    found = GradientChecked(taught.method, delta, taught.hidden_size, taught.seq_length, passed, lesson.rows)
    if as_json:
        record: dict[str, Any] = {**as_record(found), "broken": lesson.fault.name}
        for row, intact in zip(record["rows"], taught.intact, strict=True):
            row["intact_relative_error"] = intact.relative_error
        sys.stdout.write(as_line(record))
    else:
        print(f"Gradient check, {gradient_title(found)}", *_told(taught), sep="\n")
    return 0 if passed else 1


def _told(taught: Lessons) -> Iterator[str]:
    (lesson,) = taught.lessons
    fault = lesson.fault
    yield f"Broken on purpose: {fault.title}"
    yield f"  right  {fault.right}"
    yield f"  wrong  {fault.wrong}"
    yield from broken_table(taught.intact, lesson.rows)
    said = which_fail(lesson.rows)
    yield f"{said[0].upper()}{said[1:]}." if said.startswith("all") else f"{said}."
    yield from textwrap.wrap(fault.lesson, 100)


def _read(corpus: str, encoding: str, errors: str, max_corpus: int | None) -> SourceText:
    """The text of this file; a warning about it goes to stderr."""
    source = read_text(corpus, encoding, errors, most_bytes(MAX_CORPUS if max_corpus is None else max_corpus))
    if source.warning:
        stdio.write_stderr(f"tui-rnn: {safe_text(source.warning, one_line=True)}\n")
    return source
