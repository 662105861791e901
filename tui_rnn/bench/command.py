"""`tui-rnn bench`: measures the sections asked for and shows them, one after another."""

import sys
from collections.abc import Sequence

from tui_rnn import stdio
from tui_rnn.bench.machine import machine
from tui_rnn.bench.measure import Figure
from tui_rnn.bench.sections import SECTIONS, text_for
from tui_rnn.bench.show import as_json, show_machine, show_section
from tui_rnn.engine.errors import ConfigError, CorpusError, counted, not_known
from tui_rnn.safe_text import safe_text


def bench(
    corpus: str | None,
    seconds: float,
    only: Sequence[str],
    *,
    everything: bool,
    json: bool,
    encoding: str = "utf-8",
    errors: str = "strict",
    max_corpus: int | None = None,
    max_memory: int | None = None,
) -> int:
    """Measure and print; 0. Raises ConfigError for a value that cannot be used, CorpusError for the text."""
    if not 0 < seconds <= 3600:
        raise ConfigError(f"--seconds {seconds:g} cannot be used: give a positive number, up to 3600")
    for name in only:
        if name not in SECTIONS:
            raise not_known("--only", name, SECTIONS)
    names = [name for name in SECTIONS if name in only or everything or (not only and SECTIONS[name].usual)]
    facts = machine()
    found: dict[str, list[Figure]] = {}
    with text_for(corpus, encoding, errors, max_corpus, max_memory) as text:
        for name in names:
            if (length := len(text.corpus)) < (least := SECTIONS[name].least):
                size = counted(length, "character")
                raise CorpusError(f"{corpus or text.path} has {size}; {name} needs at least {least}: use a longer text")
        if text.warning:
            stdio.write_stderr(f"tui-rnn: {safe_text(text.warning, one_line=True)}\n")
        if not json:
            show_machine(facts)
        for name in names:
            section = SECTIONS[name]
            if section.needs_a_book and text.made_up:
                if name in only:
                    raise ConfigError(f"--only {name} needs a book: tui-rnn bench BOOK --only {name}")
                continue
            found[name] = section.measure(text, seconds)
            if not json:
                show_section(section.title, found[name], section.bar)
                sys.stdout.flush()
    if json:
        sys.stdout.write(as_json(facts, found))
    return 0
