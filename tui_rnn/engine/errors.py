"""Errors that name the value and the remedy; a front end prints the message as its one line."""

import errno
import shlex
from collections.abc import Iterable, Sequence


class TuiRnnError(Exception):
    """An error that one line explains to the user. `exit_code` is the exit status of the program (CLI contract)."""

    exit_code = 1


class InputError(TuiRnnError):
    """Bad usage or bad input: said before any screen."""

    exit_code = 2


class ConfigError(InputError):
    """An option has a value that cannot be used."""


class CorpusError(InputError):
    """The text cannot be read, decoded, or is too short for one window."""


class MissingText(CorpusError):
    """There is no file at the path of a text; `near` is one that may be meant, if there is one."""

    def __init__(self, path: str, near: str | None = None) -> None:
        remedy = "give the path of a text file" if near is None else f"did you mean {shell_word(near)}?"
        super().__init__(f"{shown(path)} does not exist: {remedy}")
        self.path = path


class UnknownCharacter(InputError):
    """A text holds a character that is not in the vocabulary."""


class CheckpointError(InputError):
    """A checkpoint is missing, damaged, foreign, or of a newer format."""


class RunError(InputError):
    """A run directory is missing, already in use, or does not fit what was asked."""


class NotSaveable(TuiRnnError):
    """The checkpoints of a run that is about to begin could not be read back: a fault of this program."""


class NotReadBack(OSError):
    """A checkpoint does not give back what was put into it: it is not saved, and none of the files is replaced by it.

    An OSError, so that it is logged and tried again in the same way as a disk's refusal.
    """

    def __init__(self, reason: str, path: object = None) -> None:
        super().__init__(errno.EIO, f"a checkpoint cannot be read back: {reason}", path and str(path))


class Diverged(TuiRnnError):
    """A loss, a gradient, a parameter or an optimizer slot is no longer a finite number."""

    exit_code = 3


_FEW = 6  # names, which one line holds
MOST_CHARACTERS = 300  # of a file's words or of a path, quoted in a message


def shortened(text: object) -> str:
    """An error's text or a name in a file, quoted in ASCII; where it is long its middle is left out."""
    return ascii(shown(text))


def shown(path: object) -> str:
    """The path; where it is so long that it would hide the message, its middle is left out."""
    text, half = str(path), MOST_CHARACTERS // 2
    return text if len(text) <= MOST_CHARACTERS else f"{text[:half]}…{text[-half:]}"


def shell_word(name: object) -> str:
    """The name of a file or folder as it is typed into a shell, never to be taken for an option or for two words."""
    text = str(name)
    return shlex.quote(f"./{text}" if text.startswith("-") else text)


def not_known(option: str, value: object, choices: Iterable[str]) -> ConfigError:
    """The error for a value of an option that is none of its choices: of few all are named, of many the near one."""
    names = list(choices)
    remedy = meant(str(value), names) if len(names) > _FEW else _choose(names)
    return ConfigError(f"{option} {value!r} is not known: {remedy}")


def meant(name: str, known: Iterable[str]) -> str:
    """`did you mean x?` for a name that is not known and near to one that is; else the names there are."""
    names = list(known)
    close = nearest(name, names)
    return f"did you mean {close}?" if close else _choose(names)


def _choose(names: Sequence[str]) -> str:
    return f"choose {', '.join(names[:-1])} or {names[-1]}" if names[1:] else f"choose {''.join(names)}"


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that this one begins, or that a slip or two of the finger make of it, if there is one."""
    typed, by_small = name.lower(), {each.lower(): each for each in known}
    import difflib  # only where a name is wrong

    begun = [each for each in by_small if len(typed) > 2 and (each.startswith(typed) or sorted(each) == sorted(typed))]
    close = difflib.get_close_matches(typed, begun or by_small, n=1, cutoff=0.0 if begun else 0.75)
    return by_small[close[0]] if close else None


def listed(words: Sequence[str]) -> str:
    """`a`, `a and c`, `a, b and c`."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def counted(number: int, thing: str) -> str:
    """`1 step`, `0 steps`, `1,000 steps`: of a thing whose plural is the singular with an s."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
