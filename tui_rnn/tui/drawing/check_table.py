"""The gradient check in words and one table: what was found, what PASS means, and the worst single elements."""

from collections.abc import Iterable, Mapping, Sequence

from textual.content import Content

from tui_rnn.engine.events import CENTRAL, COMPLEX, GradientChecked, GradientRow
from tui_rnn.tui.drawing.columns import Cells, lines_of, paragraph, width_of

# In this order columns are given up where the table is too wide.
_LEAST_TELLING = ("tried", "shape")
_RIGHT = ("tried", "differences", "complex step", "relative", "absolute")  # columns of figures
_PENDING = "…"
PASS_MEANS = (
    "PASS: a, the gradient of backpropagation, and n, the measured one, agree: |a − n| / (|a| + |n|) is at most 1e-05 "
    "by differences and 1e-12 by the complex step."
)
WHY_SO = (
    "Differences subtract the losses a little to either side, which leaves 7 to 9 of float64's 16 digits. The complex "
    "step subtracts nothing and loses none: it is the proof."
)
ELEMENTS_MEAN = (
    "The worst single elements. Where both values are tiny, rounding alone makes them differ in relative terms: the "
    "verdict is on each parameter as a whole."
)


def summary(checks: Mapping[str, GradientChecked]) -> Content:
    """`✓ proved   worst relative error 3.0e-16 in W`, of the method that says most."""
    failed = next((each for each in checks.values() if not each.passed), None)
    check = failed or checks.get(COMPLEX) or checks[CENTRAL]
    word = "failed" if failed else "proved" if check.method == COMPLEX else "checked by differences"
    head = Content.styled(f"{'✖' if failed else '✓'} {word}", f"b {'$text-error' if failed else '$text-success'}")
    worst = check.worst
    return head + Content.assemble(
        ("   worst relative error ", "$muted"),
        (f"{worst.relative_error:.1e}", "b $foreground"),
        (f" in {worst.parameter}", "$muted"),
    )


def of_another_network(check: GradientChecked, hidden_size: int | None, width: int) -> list[Content]:
    """That the check was made on a network of another size than the run's, where it was."""
    if hidden_size in (None, check.hidden_size):
        return []
    words = f"Made on a new network of m = {check.hidden_size:,}; the run's own has m = {hidden_size:,}."
    return paragraph(words, width)[1:]


def table(checks: Mapping[str, GradientChecked], width: int) -> list[Content]:
    """A row a parameter, within so many cells where that can be."""
    central, proof = checks.get(CENTRAL), checks.get(COMPLEX)
    rows = (proof or checks[CENTRAL]).rows
    columns: dict[str, Cells] = {
        "": [row.parameter for row in rows],
        "shape": ["×".join(map(str, row.shape)) for row in rows],
        "tried": [f"{row.checked:,}" for row in rows],
        "differences": _errors(central, rows),
        "complex step": _errors(proof, rows),
        "verdict": [_verdict(row.parameter, checks.values()) for row in rows],
    }
    for name in _LEAST_TELLING:
        if width_of(columns) > width:
            del columns[name]
    return lines_of(columns, _style, figures=_RIGHT, heads={"verdict": ""})


def elements(checks: Mapping[str, GradientChecked], width: int) -> list[Content]:
    """The element of each parameter that differs most, by each method."""
    lines: list[Content] = []
    for method, name in ((CENTRAL, "differences"), (COMPLEX, "complex step")):
        if method not in checks:
            continue
        rows = checks[method].rows
        columns = {
            "": [row.parameter for row in rows],
            "relative": [f"{row.max_relative_error:.1e}" for row in rows],
            "absolute": [f"{row.max_absolute_error:.1e}" for row in rows],
            "at": [f"[{', '.join(map(str, row.max_index))}]" for row in rows],
        }
        if width_of(columns) <= width:
            lines += [Content(), Content.styled(name, "$muted"), *lines_of(columns, _style, figures=_RIGHT)]
    return lines


def _errors(check: GradientChecked | None, rows: Sequence[GradientRow]) -> list[str]:
    found = {row.parameter: f"{row.relative_error:.1e}" for row in check.rows} if check else {}
    return [found.get(row.parameter, _PENDING) for row in rows]


def _verdict(parameter: str, checks: Iterable[GradientChecked]) -> str:
    verdicts = {row.verdict for check in checks for row in check.rows if row.parameter == parameter}
    return "✖ FAIL" if "fail" in verdicts else "✓ PASS"


def _style(column: str, cell: str) -> str:
    if column == "verdict":
        return "b $text-error" if cell.startswith("✖") else "b $text-success"
    return {"": "b $foreground", "differences": "$foreground", "complex step": "$foreground"}.get(column, "$muted")
