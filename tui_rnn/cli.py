"""The command line: parse it, import the one front end it names, turn errors into exit codes."""

import contextlib
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, TypeVar

import click

from tui_rnn import __version__, environment, hints, isolation, place, signals, stdio
from tui_rnn.engine.errors import ConfigError, TuiRnnError
from tui_rnn.engine.recipes import RECIPES

_Command = TypeVar("_Command", bound=Callable[..., Any])

MARKERS = ("braille", "hd", "dot", "ascii")


class _CommandLine(click.Group):
    """A group whose default command is to train: what is not a command's name is the path of a text."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and args[0] not in ("-h", "--help", "--version"):
            args = hints.asked_for_help(args, self.commands) or ["train", *args]
            if args[0] == "train":
                hints.check_command(args[1:], self.commands)
        with _while_read():  # --help and --version are printed here
            return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        with _while_read():
            return super().invoke(ctx)

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        train_command = self.commands["train"]
        formatter.write_usage("tui-rnn", "CORPUS [OPTIONS]")
        formatter.write_usage("tui-rnn", "COMMAND …", prefix="   or: ")
        self.format_help_text(ctx, formatter)
        with formatter.section("Recipes"):
            formatter.write_dl([(name, recipe.summary) for name, recipe in RECIPES.items()])
        with click.Context(train_command, info_name="train", parent=ctx) as train_ctx:
            train_command.format_options(train_ctx, formatter)
        self.format_commands(ctx, formatter)


@contextlib.contextmanager
def _while_read() -> Iterator[None]:
    """End with 0 when the reader closes the pipe, as `| head` does; click alone would end with 1."""
    try:
        yield
    except BrokenPipeError:
        stdio.discard_stdout()
        raise click.exceptions.Exit(0) from None


def _number_or_none(text: str) -> float:
    """The number; `none` is kept as 0, which RunConfig reads as none. Raises ValueError, which click prints."""
    return 0.0 if text == "none" else float(text)


def _options(*decorators: Callable[[_Command], _Command]) -> Callable[[_Command], _Command]:
    def decorate(command: _Command) -> _Command:
        for decorator in reversed(decorators):
            command = decorator(command)
        return command

    return decorate


_front_end_options = _options(
    click.option("--headless", is_flag=True, help="No screen: readable lines on stdout."),
    click.option("--screen", is_flag=True, help="The screen also where nobody seems to press keys, as in a notebook."),
    click.option("--json", "as_json", is_flag=True, help="Headless, with one JSON object a line on stdout."),
    click.option("--progress-every", type=int, default=1000, metavar="N", help="Steps between progress events. [1000]"),
    click.option("--marker", metavar="NAME", default="braille", help=f"The chart's dots: {', '.join(MARKERS)}."),
    click.option(
        "--fps", type=float, default=2.0, metavar="X", help="Most redraws of the screen's panels a second. [2]"
    ),
    click.option(
        "--theme",
        metavar="NAME",
        help="The screen's theme: ink, paper (light), or any of Textual's, as nord or gruvbox. [ink]",
    ),
)

_reading_options = _options(  # of a command that reads a text and keeps no run
    click.option("--encoding", default="utf-8", metavar="NAME", help="The text's encoding. [utf-8]"),
    click.option(
        "--errors",
        default="strict",
        metavar="NAME",
        help="Bytes that do not decode: strict (refuse) or replace. [strict]",
    ),
    click.option("--max-corpus", type=int, metavar="MB", help="The largest text that is read. [256]"),
)

_CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


@click.group(cls=_CommandLine, context_settings=_CONTEXT)
@click.version_option(__version__, prog_name="tui-rnn")
def command_line() -> None:
    """Train a character RNN on the text CORPUS, live in the terminal, in NumPy.

    Without a terminal, or with --headless, the same run is printed in lines. Every run is kept under runs/ and resumes
    exactly.
    """


@command_line.command(hidden=True)
@click.argument("corpus")
@click.option(
    "--recipe", metavar="NAME", default="adagrad", help="The preset that the options below override. [adagrad]"
)
@click.option("--hidden-size", type=int, metavar="M", help="Hidden units m.")
@click.option("--seq-length", type=int, metavar="T", help="Characters unrolled in one update.")
@click.option("--batch-size", type=int, metavar="B", help="Streams of the text read side by side.")
@click.option(
    "--eta",
    type=float,
    metavar="X",
    help="Learning rate. The adagrad recipe's is 0.1: the 2021 report prints 0.01, but its numbers need 0.1.",
)
@click.option(
    "--eta-recurrent", type=float, metavar="X", help="Learning rate of W, as a multiple of eta. [1; fast: 0.25]"
)
@click.option(
    "--eta-input", type=float, metavar="X", help="Learning rate of U and b, as a multiple of eta. [1; fast: 2]"
)
@click.option("--optimizer", metavar="NAME", help="adagrad, adam, nadam, rmsprop or sgd.")
@click.option("--memory-start", type=float, metavar="X", help="AdaGrad's memory before the first update. [0]")
@click.option("--schedule", metavar="NAME", help="Of the learning rate: constant or cosine.")
@click.option("--warmup", type=int, metavar="N", help="Updates over which the learning rate rises to eta.")
@click.option(
    "--clip", type=_number_or_none, metavar="X", help="Clip each element of the gradient to [-X, X]; or none."
)
@click.option("--clip-norm", type=_number_or_none, metavar="X", help="Clip the gradient's Euclidean norm; or none.")
@click.option(
    "--init", metavar="NAME", help="Initial weights: normal (N(0, 0.01)) or scaled (by 1/sqrt of the inputs)."
)
@click.option("--reduction", metavar="NAME", help="Objective over the sequence: sum or mean. Losses shown are sums.")
@click.option("--dtype", metavar="NAME", help="float32 or float64. [float32]")
@click.option("--steps", type=int, metavar="N", help="Update steps in all. [100000; with --minutes: no bound]")
@click.option(
    "--minutes",
    type=float,
    metavar="X",
    help="Minutes of training in all, pauses left out: the run and its schedule end there, or at --steps if sooner.",
)
@click.option("--seed", type=int, metavar="S", help="The one source of all randomness. [0]")
@click.option("--run", metavar="DIR", help="The run directory. [runs/<corpus>-<date>-<time>]")
@click.option(
    "--sample-every",
    type=int,
    metavar="N",
    help="Sample before update 1, before every Nth, and at the end. [with --minutes: about 20, by time]",
)
@click.option(
    "--holdout",
    type=float,
    metavar="X",
    help="Part of the text, its end, to hold out of training and judge by, e.g. 0.1. [0: none]",
)
@click.option("--sample-length", type=int, metavar="N", help="Characters of such a sample. [200]")
@click.option("--checkpoint-every", type=int, metavar="N", help="Steps between checkpoints. [10000]")
@click.option("--encoding", metavar="NAME", help="The text's encoding. [utf-8]")
@click.option("--errors", metavar="NAME", help="Bytes that do not decode: strict (refuse) or replace. [strict]")
@click.option("--max-corpus", type=int, metavar="MB", help="The largest text that is read. [256]")
@click.option("--max-memory", type=int, metavar="MB", help="The most memory that the network may need. [1024]")
@_front_end_options
def train(corpus: str, recipe: str, run: str | None, headless: bool, as_json: bool, **options: Any) -> int:
    """Train on the text CORPUS."""
    from tui_rnn.engine.config import RunConfig
    from tui_rnn.engine.memory import MAX_MEMORY
    from tui_rnn.engine.text import MAX_CORPUS
    from tui_rnn.runs.job import new_job

    front_end = {"max_corpus": MAX_CORPUS, "max_memory": MAX_MEMORY, **_front_end(options, headless, as_json)}
    config = RunConfig.from_recipe(recipe, corpus, **options)
    return _train(lambda: new_job(config, run, front_end), front_end, asked_for_lines=headless or as_json)


@command_line.command()
@click.argument("run")
@click.argument("corpus", metavar="[CORPUS]", required=False)
@click.option("--steps", type=int, metavar="N", help="Train to this step, further than the run's own goal if need be.")
@click.option("--minutes", type=float, metavar="X", help="Train for so many minutes in all, or to --steps if sooner.")
@click.option(
    "--eta", type=float, metavar="X", help="Another learning rate: goes on as a new run, and RUN stays as it is."
)
@click.option("--run", "new_run", metavar="DIR", help="Where that new run is put. [runs/<corpus>-<date>-<time>]")
@click.option("--accept-changed-corpus", is_flag=True, help="Go on though the text was edited since.")
@click.option("--max-corpus", type=int, metavar="MB", help="The largest text that is read. [the run's]")
@click.option("--max-memory", type=int, metavar="MB", help="The most memory that the network may need. [the run's]")
@_front_end_options
def resume(
    run: str,
    corpus: str | None,
    steps: int | None,
    minutes: float | None,
    eta: float | None,
    new_run: str | None,
    accept_changed_corpus: bool,
    headless: bool,
    as_json: bool,
    **options: Any,
) -> int:
    """Go on exactly where the run RUN stopped; CORPUS is where its text lies now, if that was moved."""
    from tui_rnn.runs.job import branched_job, resumed_job

    front_end = _front_end(options, headless, as_json)
    if eta is not None:
        make_job = partial(branched_job, run, eta, new_run, steps, front_end, minutes)
    elif new_run is not None:
        raise ConfigError(f"--run {new_run} is where a run with another --eta is put: give one, or leave --run out")
    else:
        make_job = partial(resumed_job, run, steps, front_end, minutes)
    make_job = partial(make_job, corpus=corpus, accept_changed_corpus=accept_changed_corpus)
    return _train(make_job, front_end, asked_for_lines=headless or as_json)


@command_line.command(short_help="Look at a run on the screen, read-only.")
@click.argument("run")
@click.option("--marker", metavar="NAME", default="braille", help=f"The chart's dots: {', '.join(MARKERS)}.")
@click.option("--fps", type=float, default=2.0, metavar="X", help="Most redraws of the panels a second. [2]")
@click.option("--theme", metavar="NAME", help="The screen's theme. [ink]")
def view(run: str, marker: str, fps: float, theme: str | None) -> int:
    """Look at the run RUN, finished, damaged, or in training elsewhere and followed live; nothing is changed."""
    _check_looks(marker, fps)
    if why := place.why_no_screen(place.streams(), os.environ):
        raise ConfigError(f"view needs a screen, and there is none ({why}): tui-rnn runs lists runs in lines")
    from tui_rnn.tui import program, shell
    from tui_rnn.tui.panels.base import ScreenOptions

    shell.check_theme(theme)
    signals.hold()
    try:
        return program.view(run, ScreenOptions(marker, fps, theme))
    finally:
        signals.release()


@command_line.command(short_help="Write text with the best model of a run.")
@click.argument("source", metavar="RUN|CHECKPOINT")
@click.option("-n", "length", type=int, default=1000, metavar="N", help="Characters to write. [1000]")
@click.option("--temperature", type=float, default=1.0, metavar="T", help="Below 1 bolder, above 1 wilder. [1]")
@click.option("--top-p", type=float, default=1.0, metavar="P", help="Draw from the likeliest characters only. [1]")
@click.option("--prime", default="", metavar="TEXT", help="Begin with this text and go on from it.")
@click.option("--seed", type=int, metavar="S", help="Another seed writes another text. [the run's]")
@click.option("--last", is_flag=True, help="The latest model of a run, not its best.")
@click.option("--held-out", is_flag=True, help="The best model by held-out loss, of a run with --holdout.")
def sample(
    source: str,
    length: int,
    temperature: float,
    top_p: float,
    prime: str,
    seed: int | None,
    last: bool,
    held_out: bool,
) -> int:
    """Write text with the best model of a run, or with a checkpoint's."""
    from tui_rnn.headless.sample import write_sample

    return write_sample(source, length, temperature, top_p, prime, seed, last=last, held_out=held_out)


@command_line.command(short_help="Check the gradient; exit 1 where a row fails.")
@click.argument("corpus", required=False)
@click.option("--cell", default="rnn", metavar="NAME", help="The recurrence: rnn. [rnn]")
@click.option("--hidden-size", type=int, default=100, metavar="M", help="Hidden units m. [100]")
@click.option("--seq-length", type=int, default=25, metavar="T", help="Characters checked. [25]")
@click.option("--seed", type=int, default=0, metavar="S", help="Of the initial weights and the draw of elements. [0]")
@click.option("--method", default="central", metavar="NAME", help="central or complex. [central]")
@click.option("--delta", type=float, metavar="X", help="Step of the difference. [1e-4; complex: 1e-20]")
@_reading_options
@click.option("--max-memory", type=int, metavar="MB", help="The most memory that the check may need. [1024]")
@click.option("--json", "as_json", is_flag=True, help="One gradient_check object on stdout.")
def gradcheck(corpus: str | None, **options: Any) -> int:
    """Check the gradient on the first characters of a text; exit 1 where a row fails."""
    from tui_rnn.headless.gradcheck import check

    return check(corpus, **options)


@command_line.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object a run.")
def runs(as_json: bool) -> int:
    """The runs under runs/, newest first."""
    from tui_rnn.headless.runs import show

    return show(as_json=as_json)


@command_line.command(short_help="Write the assignment's report of a run, or of several.")
@click.argument("runs", metavar="RUN [RUN …]", nargs=-1, required=True)
@click.option(
    "-o", "out", metavar="DIR", help="The report's folder. [report/ in the run; of several, beside the first]"
)
@click.option(
    "--corpus",
    "corpora",
    multiple=True,
    metavar="PATH",
    help="Where a run's text lies now, if that was moved; again for another text.",
)
def report(runs: tuple[str, ...], out: str | None, corpora: tuple[str, ...]) -> int:
    """Write the assignment's report of a run, or several runs compared: HTML, Markdown and figures."""
    from tui_rnn.report import command

    return command.report(runs, out, corpora)


@command_line.command(short_help="Measure this machine's updates a second.")
@click.argument("corpus", required=False)
@click.option("--seconds", type=float, default=2.0, metavar="S", help="Measured for each contender. [2]")
@click.option(
    "--only",
    multiple=True,
    metavar="NAME",
    help="A section: speed, gradient, phases, scale, corpus, start, screen or recipe.",
)
@click.option("--all", "everything", is_flag=True, help="Every section; some ten minutes.")
@_reading_options
@click.option("--max-memory", type=int, metavar="MB", help="The most memory that a network may need. [1024]")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
def bench(
    corpus: str | None, seconds: float, only: tuple[str, ...], everything: bool, as_json: bool, **reading: Any
) -> int:
    """Measure this machine: updates a second beside the tutorials' loop, where an update's time goes, and more."""
    from tui_rnn.bench import command

    return command.bench(corpus, seconds, only, everything=everything, json=as_json, **reading)


def _front_end(options: dict[str, Any], headless: bool, as_json: bool) -> dict[str, Any]:
    """The options that are no part of the configuration, checked and taken out of `options`."""
    values = {name: options.pop(name) for name in ("progress_every", "marker", "fps", "theme")}
    screen = options.pop("screen")
    if values["progress_every"] < 1:
        raise ConfigError(f"--progress-every {values['progress_every']} cannot be used: give a whole number from 1")
    _check_looks(values["marker"], values["fps"])
    for name in ("max_corpus", "max_memory"):
        if (most := options.pop(name)) is not None:
            values[name] = most
    if screen and (headless or as_json):
        raise ConfigError(f"--screen and --{'json' if as_json else 'headless'} exclude each other: give one of them")
    if screen and (why := place.why_undrawable(place.streams(), os.environ)):
        raise ConfigError(f"--screen cannot be had, since {why}: run it in a terminal, or leave it out")
    if screen and sys.stdin is None:
        raise ConfigError("--screen cannot be had, since stdin is closed: give it one, as with </dev/null")
    headless = headless or as_json or not (screen or _has_terminal())
    return {**values, "headless": headless, "json": as_json}


def _check_looks(marker: str, fps: float) -> None:
    if marker not in MARKERS:
        raise ConfigError(f"--marker {marker!r} is not known: choose {', '.join(MARKERS)}")
    if not 0.1 <= fps <= 30:
        raise ConfigError(f"--fps {fps:g} cannot be used: give a number from 0.1 to 30")


def _has_terminal() -> bool:
    """Whether a screen can be drawn and somebody can press its keys."""
    return not place.why_no_screen(place.streams(), os.environ)


def _train(make_job: Callable[[], Any], front_end: dict[str, Any], *, asked_for_lines: bool = True) -> int:
    """Make the job first: what is wrong with it is said before NumPy is imported, or Textual.

    But with a --theme Textual, which alone knows its name, is asked before: a job that is made is on disk.

    A signal ends the making at once and leaves nothing on disk; from then on it ends the run with a checkpoint.
    """
    if front_end["theme"] is not None and not front_end["headless"]:
        from tui_rnn.tui.shell import check_theme

        check_theme(front_end["theme"])
    signals.exit_at_once()
    try:
        job = make_job()
        signals.hold()
        on = place.streams()
        nobody = place.why_nobody_types(on, os.environ)
        progress_every = front_end["progress_every"]
        if front_end["headless"]:
            why = place.why_no_screen(on, os.environ)
            if on.stdin and why and not asked_for_lines and not place.why_undrawable(on, os.environ):
                stdio.write_stderr(f"tui-rnn: no screen, since {why}; --screen opens it all the same\n")
            from tui_rnn.headless import training

            as_json = front_end["json"]
            return training.train(job, as_json=as_json, progress_every=progress_every, is_watched=not nobody)
        from tui_rnn.tui import program
        from tui_rnn.tui.panels.base import ScreenOptions

        screen = ScreenOptions(front_end["marker"], front_end["fps"], front_end["theme"])
        return program.train(job, screen, progress_every=progress_every, is_attended=on.stdin and not nobody)
    finally:
        signals.release()


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit with the contract's code."""
    isolation.leave_out_current_folder()
    environment.leave_out_odd_values(os.environ)
    stdio.prepare()
    exit_code = _run(sys.argv[1:] if arguments is None else arguments)
    try:
        sys.stdout.flush()
    except BrokenPipeError:  # the reader has seen enough
        stdio.discard_stdout()
    except OSError:  # what was last written does not fit either
        stdio.discard_stdout()
        exit_code = exit_code or 1
    sys.exit(exit_code)


def _run(arguments: list[str]) -> int:
    fail = partial(_fail, arguments=arguments)
    try:
        return command_line.main(arguments, prog_name="tui-rnn", standalone_mode=False) or 0
    except click.exceptions.Exit as exit_:
        return exit_.exit_code
    except click.exceptions.NoArgsIsHelpError:
        return fail("no CORPUS given: give the path of a text file, as in tui-rnn book.txt, or see tui-rnn --help", 2)
    except click.ClickException as error:
        return fail(hints.usage(error, arguments, command_line.commands), 2)
    except (click.Abort, KeyboardInterrupt):
        return 130
    except TuiRnnError as error:
        return fail(str(error), error.exit_code)
    except MemoryError:
        return fail("not enough memory: use a smaller --hidden-size, --batch-size or text", 1)
    except OSError as error:
        return fail(f"{error.strerror or error}: make room, or write elsewhere", 1)
    except Exception as error:  # Python would print the message as it is, whatever it holds
        from tui_rnn.runs.crash import record_crash

        return fail(record_crash(None, error), 1)


def _fail(message: str, exit_code: int, arguments: Sequence[str] = ()) -> int:
    from tui_rnn.safe_text import safe_text

    message = hints.with_short_values(message, arguments)
    stdio.write_stderr(f"tui-rnn: {safe_text(message, one_line=True)}\n")
    return exit_code
