"""Errors that name the value and the remedy; a front end prints the message as its one line."""

import errno
import shlex


class TuiRnnError(Exception):
    """What a user can be told in one line. `exit_code` is what the command line ends with (CLI contract)."""

    exit_code = 1


class InputError(TuiRnnError):
    """Bad usage or bad input: said before any screen."""

    exit_code = 2


class ConfigError(InputError):
    """An option has a value that cannot be used."""


class CorpusError(InputError):
    """The text cannot be read, decoded, or is too short for one window."""


class MissingText(CorpusError):
    """There is no file at the path of a text."""


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

    An OSError, since it is told of and tried again as a disk's refusal is.
    """

    def __init__(self, reason: str, path: object = None) -> None:
        super().__init__(errno.EIO, f"a checkpoint cannot be read back: {reason}", path and str(path))


class Diverged(TuiRnnError):
    """A loss, a gradient, a parameter or an optimizer slot is no longer a finite number."""

    exit_code = 3


MOST_CHARACTERS = 300  # of what a file says, that are repeated in a message


def shortened(told: object) -> str:
    """What an error or a name in a file says, quoted in ASCII, its middle left out where it holds a great deal."""
    return ascii(shown(told))


def shown(path: object) -> str:
    """The path, its middle left out where it is so long that it would hide what is said of it."""
    text, half = str(path), MOST_CHARACTERS // 2
    return text if len(text) <= MOST_CHARACTERS else f"{text[:half]}…{text[-half:]}"


def shell_word(name: object) -> str:
    """The name of a file or folder as it is typed into a shell, never to be taken for an option or for two words."""
    text = str(name)
    return shlex.quote(f"./{text}" if text.startswith("-") else text)


def counted(number: int, thing: str, things: str = "") -> str:
    """`1 step`, `0 steps`, `1,000 steps`; `things` where more of it are not called by its name and an s."""
    return f"{number:,} {thing if number == 1 else things or thing + 's'}"
