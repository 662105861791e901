"""The views of panel 3: hidden units, what gated cells compute on the way to them, and the surprise."""

from typing import TYPE_CHECKING, Any

from tui_rnn.wording import unit_number

if TYPE_CHECKING:  # instruments are of NumPy, for which the first frame does not wait
    from tui_rnn.engine.instruments.passage import Passage

UNITS, SURPRISE = "units", "surprise"  # between them the symbols of what the cell computes on the way, as gates


def views(passage: "Passage") -> list[str]:
    """All that can be seen of this passage, in the order in which v shows them."""
    return [UNITS, *passage.inner, SURPRISE]


def values_of(passage: "Passage", view: str) -> Any:
    """The values (n, L m) of a view that is of units."""
    return passage.inner.get(view, passage.hidden)


def is_gate(passage: "Passage", view: str) -> bool:
    """Whether the values of this view lie between 0, closed, and 1, open, and not between -1 and 1."""
    return passage.inner_names.get(view, "").endswith("gate")


def number_of(passage: "Passage", unit: int) -> str:
    """The unit's number in its layer, where there are several with the layer's number before it: `2·14`."""
    return unit_number(unit, passage.hidden.shape[1] // passage.layers, passage.layers)


def unit_name(passage: "Passage", view: str, unit: int) -> str:
    """`unit 14`, `forget gate of unit 14`, `unit 14 of layer 2`."""
    of = f"{passage.inner_names[view]} of " if view in passage.inner_names else ""
    layer, _, number = number_of(passage, unit).rpartition("·")
    return f"{of}unit {number} of layer {layer}" if layer else f"{of}unit {number}"
