"""One run and its report for all tests that only look."""

import pytest

from tests.cli.support import command, tale
from tests.report.support import a_run, report_of
from tui_rnn.report import drawing

__all__ = ["command", "tale"]


@pytest.fixture(scope="session")
def run(tmp_path_factory):
    return a_run(tmp_path_factory.mktemp("trained"))


@pytest.fixture(scope="session")
def report(run, tmp_path_factory, coarse_pictures):
    return report_of(run, out=tmp_path_factory.mktemp("written") / "report")


@pytest.fixture(autouse=True, scope="session")
def coarse_pictures():
    """PNGs of few dots: a good part of a report's time goes into them, and few tests look at one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(drawing, "_DPI", 20)
        yield
