"""One run and its report for all tests that only look."""

import pytest

from tests.cli.support import command, tale
from tests.report.support import a_run, report_of

__all__ = ["command", "tale"]


@pytest.fixture(scope="session")
def run(tmp_path_factory):
    return a_run(tmp_path_factory.mktemp("trained"))


@pytest.fixture(scope="session")
def report(run, tmp_path_factory):
    return report_of(run, out=tmp_path_factory.mktemp("written") / "report")
