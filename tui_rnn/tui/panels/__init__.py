"""The panels: one file and one line here each. None of them knows a trainer."""

from tui_rnn.tui.panels.base import Panel
from tui_rnn.tui.panels.book import BookPanel
from tui_rnn.tui.panels.check import CheckPanel
from tui_rnn.tui.panels.health import HealthPanel
from tui_rnn.tui.panels.letters import LettersPanel
from tui_rnn.tui.panels.loss import LossChart
from tui_rnn.tui.panels.reach import ReachPanel
from tui_rnn.tui.panels.read import ReadPanel
from tui_rnn.tui.panels.run import RunPanel
from tui_rnn.tui.panels.samples import Samples

PANELS: dict[str, type[Panel]] = {
    "loss": LossChart,
    "samples": Samples,
    "read": ReadPanel,
    "health": HealthPanel,
    "reach": ReachPanel,
    "letters": LettersPanel,
    "book": BookPanel,
    "check": CheckPanel,
    "run": RunPanel,
}
