"""The options of training: what a run is made of, where it ends, what it reads, and what it keeps."""

from collections.abc import Callable
from functools import partial
from typing import Any

from tui_rnn.cli import completion
from tui_rnn.cli.base import option, options
from tui_rnn.engine.config import CHOICES
from tui_rnn.engine.kernels.choice import AUTO, KERNELS

_NETWORK, _LEARNING, _LENGTH, _TEXT, _OUTPUT = "Network", "Learning", "Length", "Text", "Output"


def _or_none(number: type[int] | type[float], what: str) -> Callable[[str], int | float]:
    """Reads such a number; `none` as 0, which RunConfig takes for none. Raises ValueError, which click prints."""

    def read(text: str) -> int | float:
        try:
            return number(0 if text == "none" else text)
        except ValueError:
            raise ValueError(f"{text!r} is no {what}, nor none") from None

    return read


_number_or_none, _whole_or_none = _or_none(float, "number"), _or_none(int, "whole number")


def _of(name: str) -> dict[str, Any]:
    """An option that takes one of the names that the configuration knows."""
    return {"metavar": "NAME", "shell_complete": completion.names(CHOICES[name])}


KERNEL: dict[str, Any] = {"metavar": "NAME", "shell_complete": completion.names(KERNELS)}

_network = partial(option, group=_NETWORK)
_learning = partial(option, group=_LEARNING)
_length = partial(option, group=_LENGTH)
_text = partial(option, group=_TEXT)
_output = partial(option, group=_OUTPUT)

network_options = options(
    _network("--recipe", default="adagrad", **_of("recipe"), help="The preset that all below override. [adagrad]"),
    _network("--cell", **_of("cell"), help="The recurrence: rnn, lstm or gru. [rnn]"),
    _network("--layers", type=int, metavar="L", help="Layers of it, one above the other. [1]"),
    _network("--hidden-size", type=int, metavar="M", help="Hidden units m of each layer."),
    _network("--seq-length", type=int, metavar="T", help="Characters unrolled in one update."),
    _network("--init", **_of("init"), help="Weights: normal (N(0, 0.01)) or scaled (by 1/sqrt of the inputs)."),
    _network("--dropout", type=float, metavar="X", help="Part of what a layer hands up that an update leaves out. [0]"),
    _network("--dtype", **_of("dtype"), help="float32 or float64. [float32]"),
    _network("--kernel", default=AUTO, **KERNEL, help="What computes an update: auto, numpy or numba. [auto]"),
)
learning_options = options(
    _learning("--optimizer", **_of("optimizer"), help="adagrad, adam, nadam, rmsprop or sgd."),
    _learning(
        "--eta",
        type=float,
        metavar="X",
        help="Learning rate. The adagrad recipe's is 0.1: the 2021 report prints 0.01, but its numbers need 0.1.",
    ),
    _learning(
        "--eta-recurrent", type=float, metavar="X", help="Learning rate of W, as a multiple of eta. [1; fast: 0.25]"
    ),
    _learning(
        "--eta-input", type=float, metavar="X", help="Learning rate of U and b, as a multiple of eta. [1; fast: 2]"
    ),
    _learning("--batch-size", type=int, metavar="B", help="Streams of the text read side by side."),
    _learning("--memory-start", type=float, metavar="X", help="AdaGrad's memory before the first update. [0]"),
    _learning("--schedule", **_of("schedule"), help="Of the learning rate: constant or cosine."),
    _learning("--warmup", type=int, metavar="N", help="Updates over which the learning rate rises to eta."),
    _learning(
        "--clip", type=_number_or_none, metavar="X", help="Clip each element of the gradient to [-X, X]; or none."
    ),
    _learning("--clip-norm", type=_number_or_none, metavar="X", help="Clip the gradient's Euclidean norm; or none."),
    _learning("--reduction", **_of("reduction"), help="Objective over the sequence: sum or mean. Losses are sums."),
    _learning("--seed", type=int, metavar="S", help="The one source of all randomness. [0]"),
)
length_options = options(
    _length("--steps", type=int, metavar="N", help="Update steps in all. [100000; with --minutes: no bound]"),
    _length(
        "--minutes",
        type=float,
        metavar="X",
        help="Minutes of training in all, pauses left out: run and schedule end there, or at --steps if sooner.",
    ),
)
text_options = options(
    _text("--holdout", type=float, metavar="X", help="Part of the text, its end, to hold out and judge by. [0: none]"),
    _text("--order", **_of("order"), help="In which the text is read: sequential, random or chunks."),
    _text(
        "--chunks",
        type=_whole_or_none,
        metavar="N",
        help="Pieces shuffled each epoch, with --order chunks; none: 100, or what fits. [none]",
    ),
    _text(
        "--encoding",
        metavar="NAME",
        shell_complete=completion.names(completion.ENCODINGS),
        help="The text's encoding. [utf-8]",
    ),
    _text("--errors", **_of("errors"), help="Bytes that do not decode: strict (refuse) or replace. [strict]"),
    _text("--max-corpus", type=int, metavar="MB", help="The largest text that is read. [256]"),
    _text("--max-memory", type=int, metavar="MB", help="The most memory that the network may need. [1024]"),
)
run_option = _output(
    "--run",
    metavar="DIR",
    shell_complete=completion.folders,
    help="The run directory. [runs/<corpus>-<date>-<time>]",
)
record_options = options(
    _output(
        "--sample-every",
        type=int,
        metavar="N",
        help="Sample before update 1, before every Nth, and at the end. [with --minutes: about 20, by time]",
    ),
    _output("--sample-length", type=int, metavar="N", help="Characters of such a sample. [200]"),
    _output("--checkpoint-every", type=int, metavar="N", help="Steps between checkpoints. [10000]"),
)
until_option = _length(
    "--until",
    type=int,
    metavar="STEP",
    help="Stop at this step, the goal and its schedule as they are: resume goes on. With --headless or --json.",
)
