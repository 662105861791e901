"""The fixtures of the tests that give commands."""

from tests.cli.support import command, tale

__all__ = ["command", "tale"]
