"""The gradient check in lines: its verdict, and a table with a row for each parameter."""

from collections.abc import Sequence

from tui_rnn.engine.events import CENTRAL, COMPLEX, GradientChecked, GradientRow

_METHODS = {CENTRAL: "central differences", COMPLEX: "complex step"}


def gradient_title(check: GradientChecked) -> str:
    """`central differences, delta 1e-04, m = 100, T = 25: PASS`."""
    verdict = "PASS" if check.passed else "FAIL"
    sizes = f"m = {check.hidden_size}, T = {check.seq_length}"
    return f"{_METHODS[check.method]}, delta {check.delta:.0e}, {sizes}: {verdict}"


def gradient_table(rows: Sequence[GradientRow]) -> list[str]:
    """The rows under their headings."""
    return _aligned(
        {
            **_parameters(rows),
            "relative error": [f"{row.relative_error:.2e}" for row in rows],
            "worst element": [f"{row.max_relative_error:.1e} [{', '.join(map(str, row.max_index))}]" for row in rows],
            "absolute": [f"{row.max_absolute_error:.1e}" for row in rows],
            **_verdicts(rows),
        }
    )


def broken_table(intact: Sequence[GradientRow], broken: Sequence[GradientRow]) -> list[str]:
    """The check of a broken gradient under its headings: each row's error beside that of the right gradient."""
    return _aligned(
        {
            **_parameters(broken),
            "right": [f"{row.relative_error:.2e}" for row in intact],
            "broken": [f"{row.relative_error:.2e}" for row in broken],
            **_verdicts(broken),
        }
    )


def _parameters(rows: Sequence[GradientRow]) -> dict[str, list[str]]:
    return {
        "parameter": [row.parameter for row in rows],
        "shape": ["×".join(map(str, row.shape)) for row in rows],
        "checked": [f"{row.checked:,}" for row in rows],
    }


def _verdicts(rows: Sequence[GradientRow]) -> dict[str, list[str]]:
    return {"verdict": [row.verdict.upper() for row in rows]}


def _aligned(columns: dict[str, list[str]]) -> list[str]:
    """The columns side by side, each headed by its name."""
    widths = [max(map(len, (name, *column))) for name, column in columns.items()]
    lines = zip(*((name, *column) for name, column in columns.items()), strict=True)
    return ["  ".join(map(str.ljust, line, widths)).rstrip() for line in lines]
