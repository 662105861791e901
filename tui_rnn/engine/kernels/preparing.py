"""A kernel made ready before a run's first update, in a thread of its own: compiled, once, or found in the cache."""

import threading

from tui_rnn.engine.config import RunConfig
from tui_rnn.engine.kernels.cache import cache
from tui_rnn.engine.kernels.choice import NUMBA, cannot_be_imported

SECONDS = 8  # that compiling takes, about


class Preparation:
    """What has to be compiled for a configuration's updates, while the caller does something else."""

    def __init__(self, config: RunConfig, *, is_ready: bool) -> None:
        """`is_ready`: updates were made with this kernel in this process."""
        self._config = config
        self._error: BaseException | None = None
        self._thread: threading.Thread | None = None
        self.is_needed = config.kernel == NUMBA and not is_ready
        self.compiles = self.is_needed and not ((kept := cache()) and kept.holds(_name(config)))

    def begin(self) -> None:
        """Start the thread. A process that ends does not wait for it."""
        self._thread = threading.Thread(target=self._work, name="kernel", daemon=True)
        self._thread.start()

    def is_done(self, seconds: float) -> bool:
        """Whether all is compiled, after so many seconds at the most. Raises ConfigError where it cannot be."""
        if self._thread is None:
            return True
        self._thread.join(seconds)
        if self._thread.is_alive():
            return False
        if self._error is not None:
            raise self._error
        return True

    def _work(self) -> None:
        try:
            _compile(self._config)
        except ImportError as error:
            self._error = cannot_be_imported(error)
        except BaseException as error:
            self._error = error


def _compile(config: RunConfig) -> None:
    """Compile all that updates of this configuration call, and keep it where there is a cache."""
    from tui_rnn.engine.kernels.compiled import jit
    from tui_rnn.engine.kernels.compiled.kernel import compile_for

    kept = cache()
    if kept is None:
        compile_for(config)
        return
    try:
        with kept.compiling(_name(config)) as folder:
            if folder is not None:
                jit.keep_compiled_in(folder)
            compile_for(config)
    except OSError:  # there is no room for it: that costs time, not the run
        jit.keep_no_more()
        compile_for(config)


def _name(config: RunConfig) -> str:
    """What is compiled depends on these, and not on any size."""
    return f"{config.cell} {config.optimizer} {config.dtype} {'layers' if config.layers > 1 else 'layer'}"
