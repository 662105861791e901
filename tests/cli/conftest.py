"""The fixtures of every test that gives commands."""

from tests.cli.support import command, tale

__all__ = ["command", "tale"]
