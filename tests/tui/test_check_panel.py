"""8 Check: one table of both methods, the verdict on each parameter, at which step, and what PASS means."""

from dataclasses import replace
from pathlib import Path

import pytest
from textual.app import App

from tests.tui.support import checked, until
from tui_rnn.engine.config import RunConfig
from tui_rnn.engine.events import GradientChecked, GradientRow
from tui_rnn.engine.gradcheck import TOLERANCE
from tui_rnn.tui import app as tui_app
from tui_rnn.tui.drawing.check_table import PASS_MEANS, elements, summary, table
from tui_rnn.tui.panels.check import CheckPanel
from tui_rnn.tui.run_state import RunState

SHAPES = {"b": (100,), "c": (75,), "U": (75, 100), "W": (100, 100), "V": (100, 75)}


def found(method, errors, failing=""):
    """A check whose parameters have these errors, each a number of its own."""
    rows = tuple(
        GradientRow(name, shape, 100 + k, error, 10 * error, tuple(n - 1 for n in shape), error / 100, verdict)
        for k, ((name, shape), error) in enumerate(zip(SHAPES.items(), errors, strict=True))
        for verdict in ["fail" if name == failing else "pass"]
    )
    return GradientChecked(method, 1e-4, 100, 25, not failing, rows, 0)


CENTRAL = found("central", [1.8e-9, 3.4e-10, 3.0e-9, 7.5e-8, 7.6e-9])
COMPLEX = found("complex", [2.1e-16, 5.4e-17, 2.5e-16, 3.0e-16, 6.8e-17])
BOTH = {"central": CENTRAL, "complex": COMPLEX}


def cells(checks, width=80):
    return [line.plain.split() for line in table(checks, width)]


def test_a_row_has_the_figures_of_its_parameter_by_both_methods():
    head, *rows = cells(BOTH)
    assert head == ["shape", "tried", "differences", "complex", "step"]
    assert rows == [
        ["b", "100", "100", "1.8e-09", "2.1e-16", "✓", "PASS"],
        ["c", "75", "101", "3.4e-10", "5.4e-17", "✓", "PASS"],
        ["U", "75×100", "102", "3.0e-09", "2.5e-16", "✓", "PASS"],
        ["W", "100×100", "103", "7.5e-08", "3.0e-16", "✓", "PASS"],
        ["V", "100×75", "104", "7.6e-09", "6.8e-17", "✓", "PASS"],
    ]


def test_the_summary_is_of_the_proof_once_it_is_made():
    assert summary({"central": CENTRAL}).plain == "✓ checked by differences   worst relative error 7.5e-08 in W"
    assert summary(BOTH).plain == "✓ proved   worst relative error 3.0e-16 in W"
    assert cells({"central": CENTRAL})[1][4] == "…"


@pytest.mark.parametrize("method", ["central", "complex"])
def test_a_parameter_that_fails_by_either_method_fails_and_is_named_first(method):
    wrong = found(method, [0.5, 1e-9, 1e-9, 0.03, 1e-9], failing="W")
    verdicts = {row[0]: row[-1] for row in cells(BOTH | {method: wrong})[1:]}
    assert verdicts == {"b": "PASS", "c": "PASS", "U": "PASS", "V": "PASS", "W": "FAIL"}
    assert summary(BOTH | {method: wrong}).plain == "✖ failed   worst relative error 3.0e-02 in W"


@pytest.mark.parametrize("width", range(36, 130))
def test_the_table_gives_up_whole_columns_before_it_is_too_wide(width):
    lines = table(BOTH, width)
    assert all(line.cell_length <= width for line in lines)
    assert {line.plain.split()[-1] for line in lines[1:]} == {"PASS"}
    assert all(line.cell_length <= width for line in elements(BOTH, width))


def test_the_limits_that_are_said_are_those_that_are_applied():
    limits = f"at most {TOLERANCE['central']:.0e} by differences and {TOLERANCE['complex']:.0e} by the complex step"
    assert limits in PASS_MEANS


def test_the_worst_elements_stand_with_their_place():
    rows = [line.plain.split(maxsplit=3) for line in elements(BOTH, 80)]
    assert ["W", "7.5e-07", "7.5e-10", "[99, 99]"] in rows
    assert ["b", "2.1e-15", "2.1e-18", "[99]"] in rows


class Alone(App):
    """The panel by itself."""

    CSS_PATH = Path(tui_app.__file__).with_name("tui_rnn.tcss")

    def compose(self):
        yield CheckPanel(id="check")


@pytest.mark.parametrize(
    ("step", "hidden_size", "told"), [(0, 100, "at step 0"), (12_345, 100, "at step 12,345"), (0, 256, "a new network")]
)
async def test_it_says_at_which_step_it_was_made_or_that_it_is_of_another_network(step, hidden_size, told):
    config = RunConfig.from_recipe("adagrad", "made-up.txt", hidden_size=hidden_size)
    async with Alone().run_test(size=(80, 30)) as pilot:
        panel = pilot.app.query_one(CheckPanel)
        assert "Checking…" in str(panel.text.content)
        panel.on_run_event(replace(checked("complex"), step=step))
        panel.look(RunState(config, config.goal, "run"))
        await until(pilot, lambda: panel.footing and panel.footing[0].plain == told)
        text = str(panel.text.content)
        assert text.count("PASS") == 6  # five rows, and what it means
        assert "single elements" in text
        of_another = "Made on a new network of m = 100; the run's own has m = 256."
        assert (of_another in text.split("shape")[0]) == (hidden_size == 256)
        await pilot.resize_terminal(80, 12)
        await until(pilot, lambda: "single elements" not in str(panel.text.content))
