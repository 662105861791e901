"""Commands are given as everywhere."""

from tests.cli.support import command

__all__ = ["command"]
