"""Runs of a comparison, each with its letter and what it is called there."""

from collections.abc import Sequence
from typing import NamedTuple

from tui_rnn.report.run_record import RunRecord
from tui_rnn.setting_words import setting_name
from tui_rnn.unlike import differing, option_words
from tui_rnn.wording import changes_text

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_MOST_OPTIONS = 3  # that a label names


class Lettered(NamedTuple):
    """One of them."""

    letter: str
    run: RunRecord
    unlike: tuple[tuple[str, str], ...] = ()  # (option, its words): what it has unlike others of the same name

    @property
    def name(self) -> str:
        """The one its user gave, else its recipe."""
        return self.run.given_name or self.run.config.recipe

    @property
    def label(self) -> str:
        """`A adagrad`; `A adagrad, memory 0` beside another run of that name."""
        return ", ".join([f"{self.letter} {self.name}", *(words for _, words in self.unlike)])


def lettered(runs: Sequence[RunRecord]) -> list[Lettered]:
    """The runs in their order; those of one name say in which options they differ, three at the most."""
    plain = [Lettered(letter, run) for letter, run in zip(LETTERS, runs, strict=False)]
    found = []
    for each in plain:
        alike = [other.run for other in plain if other.name == each.name]
        same_text = ["corpus"] if len({run.corpus.sha256 for run in alike}) == 1 else []
        names = differing([run.began_as for run in alike], same_text)
        names += [name for name in _adjusted(alike) if name not in names]
        found.append(each._replace(unlike=tuple((name, _words(each.run, name)) for name in names[:_MOST_OPTIONS])))
    return found


def _adjusted(runs: Sequence[RunRecord]) -> list[str]:
    """The options that one of several runs was adjusted in."""
    return list(dict.fromkeys(each.name for run in runs for each in run.changes)) if len(runs) > 1 else []


def _words(run: RunRecord, name: str) -> str:
    course = changes_text(name, run.changes, steps=False)
    return f"{setting_name(name)} {course}" if course else option_words(run.began_as, name)
