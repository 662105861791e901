"""What an update of each setting costs, measured in turns: a run's own clock also counts what else the machine did."""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from tui_rnn.engine import exact_json
from tui_rnn.report.sweep_record import SweepRecord
from tui_rnn.storage.safe_open import open_regular
from tui_rnn.sweeps.answer import Group

COSTS = "costs.json"  # in the sweep's folder: {"costs": [{"of": …, "seconds_per_update": …}, …]}
NOT_MEASURED = "Nothing is said of time: what an update costs was not measured in turns."
_DECISIVE = (
    *("cell", "layers", "hidden_size", "seq_length", "batch_size", "dropout"),
    *("optimizer", "order", "dtype", "kernel"),
)
_MOST_BYTES = 1 << 20


def cost_key(config: Mapping[str, Any]) -> str:
    """What decides the cost of an update, as a text that runs of equal cost share."""
    return ", ".join(f"{name}={config.get(name)}" for name in _DECISIVE)


def measured_costs(folder: Path) -> dict[str, float]:
    """Seconds an update by `cost_key`; nothing where there is no such file, or none that can be used."""
    with suppress(OSError, ValueError, RecursionError, TypeError, KeyError):
        with open_regular(folder / COSTS) as file:
            found = exact_json.loads(file.read(_MOST_BYTES).decode())
        costs = {str(each["of"]): float(each["seconds_per_update"]) for each in found["costs"]}
        return {key: cost for key, cost in costs.items() if cost > 0}
    return {}


def cost_of(costs: Mapping[str, float], group: Group) -> float | None:
    """Seconds that an update of this setting takes; None where it was not measured."""
    return costs.get(cost_key(group.rows[0].spec.config)) if group.rows else None


def characters_per_second(record: SweepRecord, costs: Mapping[str, float], group: Group) -> float | None:
    """T B characters in the time of an update; None where that was not measured."""
    cost = cost_of(costs, group)
    return None if cost is None else record.windows[group.rows[0].spec.name] / cost
