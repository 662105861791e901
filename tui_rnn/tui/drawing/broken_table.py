"""The gradient broken on purpose, in one table: the right one's errors, beside them those of each fault, and why."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from tui_rnn.engine.faults import FAULTS
from tui_rnn.tui.drawing.columns import Cells, lines_of, width_of

if TYPE_CHECKING:  # instruments are of NumPy, for which the first frame does not wait
    from tui_rnn.engine.events import GradientRow
    from tui_rnn.engine.lessons import Lesson, Lessons

_RIGHT = "right"
_UNCHANGED = "="  # where a fault changes nothing


def what_is_shown(lessons: "Lessons") -> str:
    """What the figures are."""
    most = max(row.checked for row in lessons.intact)
    of = f"the {most:,} numbers of each parameter with the largest gradient" if lessons.is_drawn else "all numbers"
    return (
        "One line of the backward pass is wrong, on a copy: training is not touched. Each figure is "
        f"|a-n|/(|a|+|n|) by the complex step over {of}; right is that of the backward pass as it is."
    )


def table(lessons: "Lessons", chosen: int, width: int) -> list[Content]:
    """A row a parameter: the right gradient's error and that with each fault; in few cells less of it."""
    forms = [_columns(lessons, FAULTS), _columns(lessons, FAULTS), _columns(lessons, (FAULTS[chosen],))]
    del forms[1][_RIGHT]
    columns = next((form for form in forms if width_of(form) <= width), forms[-1])

    def head_style(name: str) -> str:
        return "b $text-accent" if name == FAULTS[chosen] else "$dim"

    return lines_of(columns, _style, figures=(_RIGHT,), head_style=head_style)


def lines(lessons: "Lessons", chosen: int, width: int, *, every: bool) -> list[Content]:
    """What was broken, which rows fail, and why: of the chosen fault, or of every one."""
    found: list[Content] = []
    for name, lesson in zip(FAULTS, lessons.lessons, strict=True):
        is_chosen = name == FAULTS[chosen]
        if every or is_chosen:
            found += [Content(), *_lesson(lesson, width, stands_out=is_chosen)]
    return found


def _lesson(lesson: "Lesson", width: int, *, stands_out: bool) -> list[Content]:
    fault = lesson.fault
    name = Content.styled(fault.name, "b $text-accent" if stands_out else "b $foreground")
    if lesson.why_not:
        said = Content.assemble(name, (f"  {fault.title} changes nothing here: {lesson.why_not}.", "$muted"))
        return said.wrap(max(1, width))
    from tui_rnn.engine.lessons import which_fail

    fails = any(row.verdict == "fail" for row in lesson.rows)
    head = Content.assemble(
        name,
        (f"  {fault.title}: ", "$muted"),
        (which_fail(lesson.rows), "$text-error" if fails else "$text-success"),
    )
    wrong = Content.assemble(("  ✖ ", "$text-error"), (fault.wrong, "$foreground"))
    right = Content.assemble(("  ✓ ", "$text-success"), (fault.right, "$foreground"))
    words = Content.styled(fault.lesson, "$muted")
    return [line for each in (head, wrong, right, words) for line in each.wrap(max(1, width))]


def _columns(lessons: "Lessons", names: Sequence[str]) -> dict[str, Cells]:
    by_name = dict(zip(FAULTS, lessons.lessons, strict=True))
    columns: dict[str, Cells] = {
        "": [row.parameter for row in lessons.intact],
        _RIGHT: [_error(row.relative_error) for row in lessons.intact],
    }
    for name in names:
        rows = by_name[name].rows
        columns[name] = [_verdict(row) for row in rows] if rows else [_UNCHANGED] * len(lessons.intact)
    return columns


def _verdict(row: "GradientRow") -> str:
    return f"{'✖' if row.verdict == 'fail' else '✓'} {_error(row.relative_error)}"


def _error(error: float) -> str:
    """`0.048` or `2e-16`: an error that can be seen as a part of 1, a tiny one by its size."""
    return f"{error:.3f}" if error >= 0.001 else f"{error:.0e}"


def _style(column: str, cell: str) -> str:
    if column == "":
        return "b $foreground"
    return {"✖": "b $text-error", "✓": "$text-success"}.get(cell[:1], "$muted")
