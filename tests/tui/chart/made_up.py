"""Runs made up for the chart: losses that fall as those of a real run do."""

import numpy as np

from tui_rnn.tui.chart.series import Reference, Series

REFERENCES = tuple(
    Reference(nats, (name,))
    for nats, name in ((3.089, "1-gram"), (2.387, "2-gram"), (1.822, "3-gram"), (1.422, "4-gram"), (1.258, "5-gram"))
)


def falling(updates=46_000, points=2875, seed=0, **changes):
    """A run that falls from 4.3 to about 1.8 nats a character, noise and all."""
    rng = np.random.default_rng(seed)
    steps = np.linspace(updates / points, updates, points).astype(int)
    smooth = 1.8 + 2.5 / (1 + steps / 1500) + 0.02 * np.sin(steps / 3000)
    raw = smooth - 0.05 + 0.12 * rng.standard_normal(points)
    best = int(smooth.argmin())
    facts = {
        "steps": tuple(steps.tolist()),
        "smooth": tuple(smooth.tolist()),
        "raw": tuple(raw.tolist()),
        "stride": max(1, updates // points),
        "samples": (1, 10_000, 20_000, 30_000, 40_000),
        "saved": (10_000, 20_000, 30_000, 40_000),
        "references": REFERENCES,
        "uniform": 4.317,
        "best": (int(steps[best]), float(smooth[best])),
        "steps_per_epoch": 35_289.7,
        "characters_per_step": 25,
        "seconds": tuple((step, step / 2300) for step in range(0, updates + 1, max(1, updates // 40))),
    }
    return Series(**{**facts, **changes})
