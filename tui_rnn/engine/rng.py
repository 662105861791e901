"""Named random streams: everything stochastic draws from its own, so that looking never changes the training."""

import numpy as np

_KEYS = {"init": 0, "order": 1, "sampling": 2, "gradcheck": 3, "dropout": 4}


def stream(seed: int, name: str, *place: int) -> np.random.Generator:
    """The generator of this seed and name, and of a place within it such as a step: the same at every call.

    A sample's generator is made from (seed, step) when it is needed. Nothing is drawn from a shared one, so a sample
    taken or not taken leaves every other stream as it was, also across a resume.
    """
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=(_KEYS[name], *place))))
