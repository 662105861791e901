"""`tui-rnn export`: a model's weights, or the losses of a run, as a file that other programs read."""

import csv
import io
import json
import os
from contextlib import suppress
from itertools import islice
from math import isfinite, log
from pathlib import Path

import numpy as np

from tui_rnn.engine.checkpoint import Snapshot, load
from tui_rnn.engine.errors import ConfigError, InputError, not_known
from tui_rnn.engine.state_dict import to_state_dict
from tui_rnn.engine.writing import network, weights
from tui_rnn.headless.sample import model_of
from tui_rnn.runs.course import loss_points
from tui_rnn.runs.directory import RunDirectory
from tui_rnn.runs.followed import FollowedRun
from tui_rnn.safe_text import safe_text
from tui_rnn.storage.atomic import numbered, write_new

_SUFFIXES = {"npz": ".npz", "torch": ".safetensors", "csv": ".csv"}
_MOST_NAMES = 1000  # that are tried for a file that nobody named
_HEADINGS = ("step", "smooth_loss", "nats_per_char", "bits_per_char", "loss")


def write(source: str, form: str, out: str | None, *, last: bool, held_out: bool) -> int:
    """Write the file, one that is not there yet, and print its path.

    Raises ConfigError for a form or a path that cannot be used, and what `model_of` raises.
    """
    if form not in _SUFFIXES:
        raise not_known("--format", form, _SUFFIXES)
    if form == "csv" and (last or held_out):
        raise ConfigError(f"--{'last' if last else 'held-out'} chooses a model, and csv holds losses: leave it out")
    if form == "csv":
        data = _losses(source)
    else:
        snapshot = model_of(source, last=last, held_out=held_out)
        data = _npz(snapshot) if form == "npz" else _torch(snapshot)
    try:
        path = _written_by_name(source, _SUFFIXES[form], data) if out is None else _written(Path(out), data)
    except FileExistsError:
        raise ConfigError(f"-o {out} is there already: give the path of a new file") from None
    print(safe_text(str(path), one_line=True))
    return 0


def _npz(snapshot: Snapshot) -> bytes:
    """The weights under their names, the alphabet as code points, the configuration as JSON: np.load reads it."""
    written = io.BytesIO()
    about = {
        "characters": np.array([ord(character) for character in snapshot.vocabulary], np.uint32),
        "config": np.array(json.dumps(snapshot.config.to_json())),
        "step": np.array(snapshot.state.step),
    }
    np.savez(written, allow_pickle=False, **{**dict(weights(snapshot).items()), **about})
    return written.getvalue()


def _torch(snapshot: Snapshot) -> bytes:
    """A state dict of a module with an `rnn` (torch.nn.RNN, LSTM or GRU) and a `readout` (torch.nn.Linear).

    The alphabet as code points, in the order of the inputs and outputs, and the configuration are metadata, in JSON.
    """
    from safetensors.numpy import save

    characters = [ord(character) for character in snapshot.vocabulary]
    about = {"characters": characters, "config": snapshot.config.to_json(), "step": snapshot.state.step}
    metadata = {name: json.dumps(value) for name, value in about.items()}
    return save(to_state_dict(network(snapshot), weights(snapshot)), metadata)


def _losses(source: str) -> bytes:
    """The smooth loss and the mean loss since the row before, a row for each point of the history and of the log."""
    if os.path.isfile(source):
        snapshot = load(source)
        if snapshot.contents != "state":
            raise InputError(f"{source} holds a model alone, without its losses: give its run, or last.ckpt beside it")
        points, T = loss_points(snapshot, (), None), snapshot.config.seq_length
    else:
        followed = FollowedRun(RunDirectory.find(source))
        for _ in followed.news():
            pass
        log_ = followed.log
        points, T = loss_points(followed.snapshot(), log_.progress, log_.done), followed.config.seq_length
    written = io.StringIO()
    rows = csv.writer(written, lineterminator="\n")
    rows.writerow(_HEADINGS)
    for step, (smooth, loss) in sorted(points.items()):
        row = (smooth, smooth / T, smooth / T / log(2), loss)
        rows.writerow((step, *(value if isfinite(value) else "" for value in row)))
    return written.getvalue().encode()


def _written_by_name(source: str, suffix: str, data: bytes) -> Path:
    """The file is named after the run, and numbered where that is taken."""
    name = Path(source).stem if os.path.isfile(source) else RunDirectory.find(source).path.resolve().name
    for path in islice(numbered(Path(name), suffix), _MOST_NAMES):
        with suppress(FileExistsError):
            return _written(path, data)
    raise ConfigError(f"{name}{suffix} and those numbered after it are there already: name a new file with -o")


def _written(path: Path, data: bytes) -> Path:
    """The path, once it is written. Raises ConfigError where it cannot be, FileExistsError where something is there."""
    try:
        write_new(path, data)
    except FileExistsError:
        raise
    except OSError as error:
        raise ConfigError(
            f"{path} cannot be written ({error.strerror}): make room, or name a file elsewhere with -o"
        ) from None
    return path
