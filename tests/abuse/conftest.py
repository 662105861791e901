"""Commands are given in this process, and reports draw coarse pictures."""

from tests.cli.support import command
from tests.report.conftest import coarse_pictures

__all__ = ["coarse_pictures", "command"]
