"""What an update costs against m, T, B and K, and what a corpus costs against its size."""

import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from tui_rnn.bench.measure import Figure, by_turns
from tui_rnn.engine.config import RunConfig
from tui_rnn.engine.corpus import Corpus
from tui_rnn.engine.kernels.choice import NUMBA, NUMPY, numba_is_installed
from tui_rnn.engine.trainer import Trainer
from tui_rnn.engine.vocabulary import Vocabulary
from tui_rnn.isolation import python

# One of the four is changed at a time; the others keep the values of the report.
_SIZES = {
    "hidden_size": (50, 100, 200, 400, 1000),
    "seq_length": (5, 10, 25, 50, 100),
    "batch_size": (1, 4, 16, 32, 64, 128),
    "vocab_size": (75, 256, 1000, 2631),
}
_SYMBOLS = {"hidden_size": "m", "seq_length": "T", "batch_size": "B", "vocab_size": "K"}
_FILE_SIZES = (1_000, 1_000_000, 16_000_000, 256_000_000)
_MOST_BYTES = 1.5  # a character, for up to 256 different ones

# Run in a process of its own: the resident memory that a read and indexed corpus leaves, and the seconds it took.
_READER = """
import gc, resource, sys, time
import tui_rnn.engine
from tui_rnn.engine.corpus import Corpus
from tui_rnn.engine.text import read_text
def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize()
import numpy, pathlib
path = sys.argv[1]
pathlib.Path(path + ".small").write_text("warm up the reader, so that the code it needs is not counted")
Corpus.from_source(read_text(path + ".small"))
gc.collect()
before, since = resident(), time.perf_counter()
corpus = Corpus.from_source(read_text(path))
seconds = time.perf_counter() - since
gc.collect()
print(len(corpus), resident() - before, seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 - before)
"""


def scale(seconds: float) -> list[Figure]:
    """Microseconds an update and characters a second along each of m, T, B and K, on a made-up text, by each kernel."""
    figures = []
    kernels = (NUMPY, NUMBA) if numba_is_installed() else (NUMPY,)
    for name, sizes in _SIZES.items():
        for size in sizes:
            trainers = [_trainer(**{name: size}, kernel=kernel) for kernel in kernels]
            found = by_turns([trainer.step for trainer in trainers], len(trainers) * seconds / 4, rounds=5)
            characters = trainers[0].config.seq_length * trainers[0].config.batch_size
            for kernel, times in zip(kernels, found, strict=True):
                label = f"{_SYMBOLS[name]} = {size:,}{'' if kernel == NUMPY else f', {kernel}'}"
                figures.append(Figure(label, median(times) * 1e6, "µs"))
                figures.append(Figure(label, characters / median(times), "characters/s"))
    return figures


def corpus_sizes(sizes: tuple[int, ...] = _FILE_SIZES) -> list[Figure]:
    """Seconds to read and index texts of these sizes, and the bytes a character they then take. Linux alone."""
    if not Path("/proc/self/statm").exists():
        return []
    return list(_corpus_sizes(sizes))


def _corpus_sizes(sizes: tuple[int, ...]) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        for size in sizes:
            path = Path(folder, "text")
            block = _text(min(size, 1_000_000), 96)
            with open(path, "w", encoding="utf-8") as file:
                for _ in range(size // len(block)):
                    file.write(block)
            arguments, environment = python(_READER, str(path))
            out = subprocess.run(arguments, env=environment, capture_output=True, text=True, check=True).stdout
            characters, kept, seconds, peak = map(float, out.split())
            label = f"{size:,} characters"
            yield Figure(label, seconds, "s", note="read and indexed")
            if size >= 8_000_000:  # below, the megabyte that the allocator keeps is more than the text
                yield Figure(label, kept / characters, "bytes/character", _MOST_BYTES, at_least=False)
                yield Figure(label, peak / characters, "bytes/character at the peak")


def _trainer(vocab_size: int = 75, **options: Any) -> Trainer:
    config = RunConfig.from_recipe("adagrad", "text", **options)
    rng = np.random.default_rng(0)
    indices = rng.integers(0, vocab_size, 300_000)
    vocabulary = Vocabulary("".join(map(chr, range(0x4E00, 0x4E00 + vocab_size))))
    return Trainer(config, Corpus("text", "", vocabulary, indices.astype(vocabulary.index_dtype)))


def _text(length: int, K: int) -> str:
    """A made-up text of K different printable characters."""
    return bytes((np.random.default_rng(0).integers(0, K - 1, length) + 32).astype(np.uint8)).decode()
