"""The figures of panel 4: how far an update moves each parameter, and the courses of what is measured."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log10
from typing import TYPE_CHECKING

from tui_rnn.tui.drawing.glyphs import Glyphs
from tui_rnn.tui.drawing.sparkline import sparkline
from tui_rnn.tui.grid import Grid
from tui_rnn.tui.palette import Palette

if TYPE_CHECKING:  # instruments are of NumPy, for which the first frame does not wait
    from tui_rnn.engine.instruments.health import Health

_RATIOS = (-5.5, -0.5)  # powers of ten along the axis of update over weight
_HEALTHY = (1e-4, 1e-2)
_MOST_PARAMETERS = 8
_NORM, _WITH_NORMS = 9, 52  # columns of a norm, and of rows that have room for one
_NAME = 23  # columns of a name and a figure, before its course
_LEAST_COURSE = 4  # measurements
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured at one moment, on the panel's clock."""

    at: float  # seconds
    health: "Health"
    radius: float | None  # the spectral radius, as last known


@dataclass(frozen=True, slots=True)
class Course:
    """A figure over time."""

    name: str
    figure: str  # the value now
    values: list[float]
    role: str = "primary"  # of its colour


def lines(measured: Sequence[Measured]) -> list[Course]:
    """The figures that have a course."""
    newest = measured[-1].health
    healths = [each.health for each in measured]
    found = [
        Course("gradient norm", f"{newest.gradient_norm:.3g}", [each.gradient_norm for each in healths]),
        Course("clipped", _share(newest.clipped), [each.clipped for each in healths]),
    ]
    for k, (name, is_open, _) in enumerate(newest.gates):
        courses = [each.gates[k][1] for each in healths]
        found.append(Course(f"{name.removesuffix(' gate')} open", f"{100 * is_open:.0f} %", courses))
    if not newest.gates:
        found.append(
            Course("saturated", f"{100 * newest.saturated:.0f} %", [each.saturated for each in healths], "secondary")
        )
    if measured[-1].radius is not None:
        radii = [each.radius for each in measured if each.radius is not None]
        found.append(Course("spectral radius", f"{measured[-1].radius:.2f}", radii))
    return found


def course_lines(
    grid: Grid, palette: Palette, glyphs: Glyphs, x: int, y: int, width: int, courses: Sequence[Course], gap: int
) -> None:
    """A figure a line, with its course once there is one; each whole or absent."""
    for k, course in enumerate(courses):
        if y + gap * k >= grid.height or len(course.name) + 1 + len(course.figure) > width:
            continue
        end = min(_NAME, width)
        grid.put(x, y + gap * k, course.name, palette.muted)
        grid.put_left_of(x + end, y + gap * k, course.figure, palette.text, bold=True)
        room, at = width - _NAME - 2, x + _NAME + 2
        if len(course.values) >= _LEAST_COURSE:
            colour = palette.mixed(course.role, "background", 0.2)
            blocks = glyphs.upright[:-1] or glyphs.upright  # a gap above, so that rows do not grow together
            grid.put(at, y + gap * k, sparkline(course.values, room, blocks), colour)
        elif k == 0:
            words = "no course yet" if room >= 13 else ""
            grid.put(at, y, words, palette.dim)


def _share(value: float) -> str:
    return f"{100 * value:.2f} %" if 0 < value < 0.1 else f"{100 * value:.0f} %"


def power_of_ten(exponent: int) -> str:
    """10⁻⁴ for -4."""
    return "10" + str(exponent).translate(_RAISED)


def ratios_height(measured: Sequence[Measured]) -> int:
    """Rows of `ratios`."""
    count = len(measured[-1].health.ratios)
    return 2 + min(count, _MOST_PARAMETERS) + (count > _MOST_PARAMETERS) if count else 2


def ratios(
    grid: Grid,
    palette: Palette,
    glyphs: Glyphs,
    x: int,
    y: int,
    width: int,
    measured: Sequence[Measured],
    norms: Mapping[str, float],
) -> int:
    """How far the update moves each parameter, on a logarithmic axis, and its norm; the row below."""
    at = grid.put(x, y, "Update / weight", palette.text, bold=True)
    with_norms = width >= _WITH_NORMS and bool(norms)
    named = [(name, ratio) for name, ratio in measured[-1].health.ratios if ratio == ratio]
    if not named:
        grid.put(x, y + 1, "of a run in training alone", palette.muted)
        return y + 2
    if at + 2 + len("of one update") <= x + width - _NORM * with_norms:
        grid.put(at + 2, y, "of one update", palette.muted)
    if with_norms:
        grid.put_left_of(x + width, y, "norm", palette.dim)
    begin = x + max(len(name) for name, _ in named[:_MOST_PARAMETERS]) + 1
    axis = width - (begin - x) - 7 - _NORM * with_norms
    for row, (name, _) in enumerate(named[:_MOST_PARAMETERS], y + 1):
        course = [dict(each.health.ratios).get(name, 0.0) for each in measured]
        grid.put(x, row, name, palette.text)
        _ratio(grid, palette, glyphs, begin, row, axis, course)
        if with_norms and name in norms:
            grid.put_left_of(x + width, row, f"{norms[name]:.3g}", palette.muted)
    y += 1 + min(len(named), _MOST_PARAMETERS)
    for power in range(-5, 0):
        place = _place(10.0**power, begin, axis) - 1
        if power % 2 or axis >= 30:
            grid.put(place, y, power_of_ten(power), palette.dim)
    if len(named) > _MOST_PARAMETERS:
        grid.put(x, y + 1, f"and {len(named) - _MOST_PARAMETERS} more", palette.dim)
        y += 1
    return y + 1


def _place(ratio: float, x: int, width: int) -> int:
    low, high = _RATIOS
    return x + min(max(round((log10(max(ratio, 1e-12)) - low) / (high - low) * (width - 1)), 0), width - 1)


def _ratio(
    grid: Grid, palette: Palette, glyphs: Glyphs, begin: int, y: int, length: int, course: Sequence[float]
) -> None:
    """One parameter: 10 % to 90 % of late as a thick line, now as a point and a figure."""
    late = sorted(course[-60:])
    now = sorted(course[-8:])[len(course[-8:]) // 2]
    role = "success" if _HEALTHY[0] <= now <= _HEALTHY[1] else "warning"
    for column in range(begin, begin + length):
        grid.put(column, y, glyphs.rule, palette.faint)
    tint = palette.mixed("background", "success", 0.16)
    for column in range(_place(_HEALTHY[0], begin, length), _place(_HEALTHY[1], begin, length) + 1):
        grid.tint(column, y, tint)
    low, high = late[len(late) // 10], late[-1 - len(late) // 10]
    for column in range(_place(low, begin, length), _place(high, begin, length) + 1):
        grid.put(column, y, glyphs.thick, palette.mixed(role, "background", 0.45))
    grid.put(_place(now, begin, length), y, "●" if glyphs.thick != "=" else "o", getattr(palette, role), bold=True)
    figure = f"{now:.0e}".replace("e-0", "e−").replace("e+00", "")
    grid.put_left_of(begin + length + 7, y, figure, getattr(palette, role))
