"""What the shell completes: commands, runs, checkpoints, texts, and the names that options take. No NumPy.

A shell either completes files itself, or shows the names it is given: an item of type `file` asks for the former.
"""

import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

import click
from click.shell_completion import CompletionItem

_RUNS = "runs"  # the folder of all runs
_FILES = [CompletionItem("", type="file")]
_FOLDERS = [CompletionItem("", type="dir")]
THEMES = (  # the program's two, then Textual's, which would take too long to import
    *("ink", "paper", "textual-dark", "textual-light", "nord", "gruvbox", "catppuccin-mocha", "dracula"),
    *("tokyo-night", "monokai", "flexoki", "catppuccin-latte", "catppuccin-frappe", "catppuccin-macchiato"),
    *("solarized-light", "solarized-dark", "rose-pine", "rose-pine-moon", "rose-pine-dawn", "atom-one-dark"),
    *("atom-one-light", "ansi-dark", "ansi-light"),
)
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "latin-1", "cp1252", "cp1251", "shift_jis", "gb18030", "big5", "euc_kr")

_Complete = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]


def names(known: Iterable[str]) -> _Complete:
    """Completes one of these names."""
    listed = list(known)
    return lambda ctx, parameter, incomplete: _beginning(incomplete, listed)


def files(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Completes the path of a file."""
    return _FILES


def folders(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Completes the path of a folder."""
    return _FOLDERS


def runs(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Completes a run by its name or its path under runs/; else the path of a file or folder, as of a checkpoint."""
    folder, _, beginning = incomplete.rpartition("/")
    if folder not in ("", _RUNS):
        return _FILES
    before = f"{folder}/" if folder else ""
    return [CompletionItem(before + name) for name in _run_names() if name.startswith(beginning)] or _FILES


def first_word(incomplete: str, commands: Iterable[str]) -> list[CompletionItem]:
    """Completes a command; where none begins so, the path of a text."""
    return _beginning(incomplete, sorted(commands)) or _FILES


def _run_names() -> list[str]:
    """The runs under runs/, newest first."""
    found: list[tuple[float, str]] = []
    with suppress(OSError):
        for entry in os.scandir(_RUNS):
            with suppress(OSError):
                if (config := Path(entry.path, "config.json")).is_file():
                    found.append((-config.stat().st_mtime, entry.name))
    return [name for _, name in sorted(found) if name.isprintable()]


def _beginning(incomplete: str, known: Iterable[str]) -> list[CompletionItem]:
    return [CompletionItem(name) for name in known if name.startswith(incomplete)]
