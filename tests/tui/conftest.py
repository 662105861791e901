"""How the screen is tested in less time: Pilot looks often, and what is the same in every app is read once.

Pilot looks every 2 ms, not every 20, whether the app is idle. The style sheets, a third of the time that an app takes
to open, are parsed for the first app of a process and theme alone.
"""

from typing import Any

import pytest
from textual.css.stylesheet import Stylesheet

_rules: dict[Any, Any] = {}  # of a style sheet, by its text and the values of its variables


@pytest.fixture(autouse=True)
def watchful_pilot(monkeypatch):
    """Where a later Textual waits in another way, this does nothing."""
    monkeypatch.setattr("textual._wait.SLEEP_GRANULARITY", 0.002, raising=False)
    monkeypatch.setattr("textual._wait.SLEEP_IDLE", 0.001, raising=False)


@pytest.fixture(autouse=True, scope="package")
def parsed_once():
    """Where a later Textual parses in another way, this does nothing."""
    parse = getattr(Stylesheet, "_parse_rules", None)

    def parse_once(sheet: Any, *text: Any, **where: Any) -> Any:
        key = (*text, *sorted(where.items()), frozenset(sheet._variables.items()))
        if key not in _rules:
            _rules[key] = parse(sheet, *text, **where)
        return _rules[key]

    with pytest.MonkeyPatch.context() as patch:
        if parse is not None:
            patch.setattr(Stylesheet, "_parse_rules", parse_once)
        yield
