"""How the screen is tested: Pilot looks every 2 ms, not every 20, whether the app is idle, which halves the time."""

import pytest


@pytest.fixture(autouse=True)
def watchful_pilot(monkeypatch):
    """Where a later Textual waits in another way, this does nothing."""
    monkeypatch.setattr("textual._wait.SLEEP_GRANULARITY", 0.002, raising=False)
    monkeypatch.setattr("textual._wait.SLEEP_IDLE", 0.001, raising=False)
