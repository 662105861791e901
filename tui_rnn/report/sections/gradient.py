"""The first deliverable: the gradient check, as the run made it when it began."""

from collections.abc import Iterator
from math import prod

from tui_rnn.engine.events import CENTRAL, COMPLEX, GradientChecked, GradientRow
from tui_rnn.engine.gradcheck import TOLERANCE
from tui_rnn.published import REPORT_2021, comparable_gradients
from tui_rnn.report.document import Block, Code, Heading, Inline, Paragraph, Table, Verdict
from tui_rnn.report.run_record import RunRecord

NAMES = {CENTRAL: "central differences", COMPLEX: "complex step"}


def gradient_check(run: RunRecord) -> Iterator[Block]:
    """Both methods side by side, the 2021 report's errors where they are comparable, and the worst elements."""
    yield Heading("1. Gradient check")
    found = [each for method in NAMES if (each := run.log.first_check(method)) is not None]
    if not found:
        yield Paragraph.of("The run's events hold no gradient check. ", Code("tui-rnn gradcheck"), " makes one.")
        return
    after, check = found[0]
    checks = [each for _, each in found]
    when = "Before the first update" if not after else f"After update {after:,}, where a process went on with the run,"
    smaller = ""
    characters = f"T = {check.seq_length} characters" if check.seq_length != 1 else "character (T = 1)"
    if check.hidden_size != run.config.hidden_size:
        smaller = f" The run itself has m = {run.config.hidden_size:,}: its check is held to a network of this size."
    yield Paragraph.of(
        f"{when} the analytic gradient of the loss on the first {characters}, from h₀ = 0, was "
        f"compared with numeric ones for m = {check.hidden_size}, in float64, on copies of the weights and without "
        f"clipping.{smaller} Central differences are the table the assignment asks for; they carry truncation and "
        "rounding errors of about 1e-9. The complex step, Im L(θ + ih) / h, subtracts nothing and has no truncation "
        "error left: it is the proof."
    )
    beside = comparable_gradients(run.config, check.hidden_size, check.seq_length)
    yield _errors(checks, beside=beside)
    yield Paragraph.of(
        "The verdict is on the norm-wise relative error, ‖analytic − numeric‖ / (‖analytic‖ + ‖numeric‖), up to "
        f"{_power(TOLERANCE[CENTRAL])} for central differences and {_power(TOLERANCE[COMPLEX])} for the complex step. "
        + (
            "In the 2021 report's table W and V look exchanged: a correct float64 gradient gives about 1.1e-7 for W "
            "and 8.3e-9 for V."
            if beside
            else "The 2021 report's own errors are left out: they are for m = 100, T = 25 and weights N(0, 0.01)."
        ),
        note=True,
    )
    yield _worst_elements(checks)
    yield Paragraph.of(
        "A single element says little: where both of its sides are tiny, rounding alone makes a large relative error.",
        note=True,
    )


def _errors(checks: list[GradientChecked], *, beside: bool) -> Table:
    head = ["θ", "shape", "compared", *(f"{NAMES[each.method]}, h\xa0=\xa0{_typeset(each.delta)}" for each in checks)]
    head += [*(["the 2021 report"] if beside else []), "verdict"]
    rows: list[tuple[Inline, ...]] = []
    for name, same in _by_parameter(checks):
        published = REPORT_2021.gradient_errors.get(name)
        shape, compared = "×".join(map(str, same[0].shape)), _compared(same[0])
        errors = [f"{each.relative_error:.2e}" for each in same]
        theirs = [f"{published:.2e}" if published else "–"] if beside else []
        passed = Verdict(all(each.verdict == "pass" for each in same))
        rows.append((Code(name), shape, compared, *errors, *theirs, passed))
    sizes = f"m = {checks[0].hidden_size}, T = {checks[0].seq_length}, float64"
    return Table(f"Relative errors of the gradient, norm-wise ({sizes})", tuple(head), tuple(rows))


def _worst_elements(checks: list[GradientChecked]) -> Table:
    head = ["θ"]
    for check in checks:
        head += [f"{NAMES[check.method]}: worst relative error", "at", "largest absolute error"]
    rows: list[tuple[Inline, ...]] = []
    for name, same in _by_parameter(checks):
        cells = [Code(name)]
        errors = [
            (f"{row.max_relative_error:.1e}", str(list(row.max_index)), f"{row.max_absolute_error:.1e}") for row in same
        ]
        rows.append((*cells, *(cell for each in errors for cell in each)))
    return Table("The worst single elements", tuple(head), tuple(rows))


def _by_parameter(checks: list[GradientChecked]) -> Iterator[tuple[str, list[GradientRow]]]:
    """The rows of all methods that compared the same parameter."""
    for row in checks[0].rows:
        same = [other for check in checks for other in check.rows if other.parameter == row.parameter]
        if len(same) == len(checks):
            yield row.parameter, same


def _compared(row: GradientRow) -> str:
    """How many elements, of how many."""
    size = prod(row.shape)
    return f"all {size:,}" if row.checked == size else f"{row.checked:,} of {size:,}"


def _power(value: float) -> str:
    """`1e-4`, not `1e-04`."""
    mantissa, exponent = f"{value:.0e}".split("e")
    return f"{mantissa}e{int(exponent)}"


_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def _typeset(value: float) -> str:
    """`10⁻⁴`, `3·10⁻⁴`: of one piece, so that no line ends within it."""
    mantissa, exponent = _power(value).split("e")
    return ("" if mantissa == "1" else f"{mantissa}·") + "10" + exponent.translate(_SUPERSCRIPTS)
