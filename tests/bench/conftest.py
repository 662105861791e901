"""The command line and a text to give it, as the other tests of commands have them."""

from tests.cli.support import command, tale

__all__ = ["command", "tale"]
