"""No place shows a text as markup, and none speaks to the terminal that is not known to: found in the source itself."""

import ast
from collections.abc import Iterator

import pytest

from tests.test_architecture import modules

# Who prints, and the one way each does it safely: through safe_text, or as ASCII JSON.
SPEAKS = {
    *(
        "tui_rnn.cli",
        "tui_rnn.cli.config",
        "tui_rnn.cli.defaults",
        "tui_rnn.cli.sweep_training",
        "tui_rnn.cli.training",
        "tui_rnn.tui.shell",
        "tui_rnn.tui.program",
        "tui_rnn.report.command",
        "tui_rnn.bench.show",
        "tui_rnn.bench.command",
    ),
    *(
        "tui_rnn.headless.gradcheck",
        "tui_rnn.headless.runs",
        "tui_rnn.headless.replay",
        "tui_rnn.headless.export",
        "tui_rnn.headless.sample",
        "tui_rnn.headless.serve",
        "tui_rnn.headless.sweep",
        "tui_rnn.headless.sweep_cancel",
        "tui_rnn.headless.training",
    ),
    "tui_rnn.stdio",  # for those above: whoever calls its tell() speaks
}
QUOTED = {"tui_rnn.bench.scale"}  # prints in a process of its own, which it reads
# Titles that are markup, or plain words, of our own: a title that holds anything else is a Content.
TITLES = {
    "_LEGEND",
    "_LEGEND + _HELD_OUT_LEGEND * bool(run.held_out)",
}


def called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def faults(source: str, module: str) -> Iterator[str]:
    """The places where a text could be taken for markup, or reach a terminal by a new way."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name, given = called(node), {keyword.arg: ast.unparse(keyword.value) for keyword in node.keywords}
            if name in ("from_markup", "from_rich_text", "render_markup", "from_ansi", "rprint"):
                yield f"{module}:{node.lineno} takes a text for markup: use Content"
            if name in ("Static", "Label") and given.get("markup") != "False":
                yield f"{module}:{node.lineno} {name} takes a text for markup: give markup=False"
            notifies = isinstance(node.func, ast.Attribute) and name == "notify"
            if notifies and module != "tui_rnn.tui.notices":
                yield f"{module}:{node.lineno} notifies by itself: use tui.notices"
            if notifies and module == "tui_rnn.tui.notices" and given.get("markup") != "False":
                yield f"{module}:{node.lineno} notifies with markup"
            writes = ("sys.stdout.write", "sys.stderr.write", "stdio.write_stderr")
            speaks = name == "print" or ast.unparse(node.func) in writes
            if speaks and module not in SPEAKS:
                yield f"{module}:{node.lineno} speaks to the terminal: see that it is through safe_text, and list it"
        if isinstance(node, ast.Assign) and any(
            isinstance(target, ast.Attribute)
            and target.attr in ("border_title", "border_subtitle", "tooltip", "title", "sub_title")
            for target in node.targets
        ):
            value = node.value
            ours = isinstance(value, ast.Constant) or ast.unparse(value) in TITLES
            if not ours and not (isinstance(value, ast.Call) and called(value) == "Content"):
                yield f"{module}:{node.lineno} a title may be markup: make it a Content"


@pytest.mark.parametrize("module", [name for name in modules() if name not in QUOTED])
def test_no_text_is_taken_for_markup_and_no_new_place_speaks_to_the_terminal(module):
    assert list(faults(modules()[module].read_text(encoding="utf-8"), module)) == []


@pytest.mark.parametrize(
    "source",
    [
        "Static(text)",
        "Label(f'{path}', markup=True)",
        "widgets.Static()",
        "Content.from_markup(text)",
        "self.notify(text, markup=False)",
        "app.notify(text)",
        "panel.border_title = path",
        "self.border_subtitle = f'{corpus}'",
        "print(path)",
        "sys.stderr.write(path)",
        "stdio.write_stderr(path)",
    ],
)
def test_a_place_that_could_take_a_text_for_markup_is_found(source):
    assert len(list(faults(source, "tui_rnn.tui.panels.new"))) == 1


@pytest.mark.parametrize(
    "source",
    [
        "Static(text, markup=False)",
        "panel.border_title = 'Keys'",
        "panel.border_title = Content(path)",
        "notify(self.app, text)",
        "Content.styled(text)",
    ],
)
def test_a_place_that_shows_a_text_literally_is_no_fault(source):
    assert list(faults(source, "tui_rnn.tui.panels.new")) == []
