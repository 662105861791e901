"""How every test runs: no deadlines, since machines are noisy; few made-up examples or many; a tenth of the slow ones.

`pytest --hypothesis-profile many` tries each law on many examples. `pytest --slow-tenth auto` adds the tenth of the
slow tests that is today's.
"""

import datetime
import gc
import itertools
import os
import shutil
import signal
import sys
import tempfile
import zlib
from pathlib import Path

import pytest
from hypothesis import settings

from tests.undrawn import leave_undrawn

# Ignored under nohup, or in the background of a script; so they would be by every program that is begun from there.
if hasattr(signal, "SIGHUP"):
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# The many processes of the program that tests start compile it once, not each.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# No test sees the variables or the settings of whoever runs it.
for variable in [name for name in os.environ if name.startswith("TUI_RNN_")]:
    del os.environ[variable]
_NOWHERE = Path(tempfile.gettempdir()) / f"tui-rnn-tests-{os.getpid()}"
_homes = (str(_NOWHERE / str(number)) for number in itertools.count())  # made by the program where it writes there
os.environ["TUI_RNN_HOME"] = next(_homes)

settings.register_profile("few", deadline=None, print_blob=True, max_examples=25)
settings.register_profile("many", deadline=None, print_blob=True, max_examples=500)
settings.load_profile("few")

USUAL = "not slow"  # the -m of pyproject.toml, which --slow-tenth takes the place of


@pytest.fixture(autouse=True)
def undrawn(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reports hold figures that are made and not drawn, except in tests that are marked figures."""
    if request.node.get_closest_marker("figures") is None:
        leave_undrawn(monkeypatch)


@pytest.fixture(autouse=True)
def unsynced(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test writes in this process need not outlive a power cut, so it does not wait for the disk."""
    monkeypatch.setattr(os, "fsync", os.fstat)  # which refuses what is no descriptor, as the true one does


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of this test's settings, and of what the screen remembers; not there yet."""
    monkeypatch.setenv("TUI_RNN_HOME", next(_homes))
    return Path(os.environ["TUI_RNN_HOME"])


def pytest_unconfigure() -> None:
    """Remove what was remembered."""
    shutil.rmtree(_NOWHERE, ignore_errors=True)


def pytest_collection_finish() -> None:
    """What was imported stays to the end: the collector of garbage need not look at it again, nor look so often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def tenth_of(name: str) -> int:
    """The tenth, 0 to 9, that a test of this node id belongs to: the same on every machine and day."""
    return zlib.crc32(name.encode()) % 10


def tenth(value: str) -> int:
    """The tenth that --slow-tenth asks for: 0 to 9, or the day of the month modulo 10."""
    if value == "auto":
        return datetime.date.today().day % 10
    if value not in tuple("0123456789"):
        raise ValueError(f"--slow-tenth {value}: give auto or a digit from 0 to 9")
    return int(value)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--slow-tenth",
        metavar="auto|0..9",
        help="of the slow tests run those of one tenth as well, but none marked soak; auto: the day of the month's",
    )


def pytest_configure(config: pytest.Config) -> None:
    value = config.option.slow_tenth
    if value is None:
        return
    try:
        config.option.slow_tenth = str(tenth(value))  # which the workers of xdist are given, at midnight too
    except ValueError as error:
        raise pytest.UsageError(str(error)) from None
    if config.option.markexpr == USUAL:
        config.option.markexpr = ""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.option.slow_tenth is None:
        return
    wanted = int(config.option.slow_tenth)
    left_out = [
        item
        for item in items
        if item.get_closest_marker("slow") and (item.get_closest_marker("soak") or tenth_of(item.nodeid) != wanted)
    ]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in set(left_out)]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if config.option.slow_tenth is not None:
        terminalreporter.write_line(f"with tenth {config.option.slow_tenth} of the slow tests (--slow-tenth)")
