"""No code is imported from the current folder: not by this process, and not by those that it starts.

A text that came from anyone may lie beside a file named like a module. Only `os` and `sys`, which every Python has
loaded before its first line, may be imported here: this runs before the import path is safe.
"""

import os
import sys

HOME = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # where this package lies: a folder or an archive
_LIBRARY = os.path.dirname(os.path.realpath(os.__file__))


def leave_out_current_folder() -> None:
    """Take the current folder off this process's import path; to be called before anything else is imported.

    `python -m` puts it there, and so does an empty entry or a `.` in PYTHONPATH.
    """
    sys.path[:] = trusted_path()


def trusted_path() -> list[str]:
    """The import path without the current folder, every entry absolute.

    The folder stays where it is the home of this very package, part of Python's library, or named in PYTHONPATH by its
    absolute path.
    """
    try:
        here = os.path.realpath(os.getcwd())
    except OSError:  # it is gone, and holds nothing
        return [entry for entry in sys.path if os.path.isabs(entry)]
    named = {os.path.realpath(entry) for entry in _python_path() if os.path.isabs(entry)}
    stays = here in named or here == os.path.realpath(HOME) or here == _LIBRARY or here.startswith(_LIBRARY + os.sep)
    return [os.path.abspath(entry) for entry in sys.path if stays or os.path.realpath(entry) != here]


def command(*arguments: str) -> tuple[list[str], dict[str, str]]:
    """The argument list and the environment of a process that runs `tui-rnn` with these arguments."""
    return python("from tui_rnn.__main__ import main; main()", *arguments)


def python(code: str, *arguments: str) -> tuple[list[str], dict[str, str]]:
    """The argument list and the environment of a process that runs this code; it finds the modules this one finds.

    Python's -P keeps the current folder out; the import path is handed over, so that an archive, a source tree and a
    path that a program has extended work too. -I would lose `pip install --user` and PYTHONPATH.
    """
    path = trusted_path()
    environment = {**os.environ, "PYTHONSAFEPATH": "1"}
    # What Python reads there before the first line of the code: sitecustomize, .pth files.
    kept = [entry for entry in map(os.path.abspath, filter(None, _python_path())) if entry in path]
    environment["PYTHONPATH"] = os.pathsep.join(kept)
    begin = f"import sys; sys.path[:] = {path!a}"
    return [sys.executable or "python", "-P", "-c", f"{begin}\n{code}", *arguments], environment


def _python_path() -> list[str]:
    return [] if sys.flags.ignore_environment else os.environ.get("PYTHONPATH", "").split(os.pathsep)
