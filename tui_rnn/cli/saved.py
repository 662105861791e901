"""The commands on runs that are saved: `sample`, `runs`, `report`, `replay`, `export`."""

from pathlib import Path

import click

from tui_rnn.cli import completion
from tui_rnn.cli.base import Command, option


@click.command(cls=Command, short_help="Write text with the best model of a run.")
@click.argument("source", metavar="RUN|CHECKPOINT", shell_complete=completion.runs)
@option("-n", "length", type=int, default=1000, metavar="N", help="Characters to write. [1000]")
@option("--temperature", type=float, default=1.0, metavar="T", help="Below 1 bolder, above 1 wilder. [1]")
@option("--top-p", type=float, default=1.0, metavar="P", help="Draw from the likeliest characters only. [1]")
@option("--prime", default="", metavar="TEXT", help="Begin with this text and go on from it.")
@option(
    "--prime-file",
    metavar="FILE",
    shell_complete=completion.files,
    help="Begin with what this file holds, to its last line end, in the run's encoding.",
)
@option("--seed", type=int, metavar="S", help="Another seed writes another text. [the run's]")
@option("--last", is_flag=True, help="The latest model of a run, not its best.")
@option("--held-out", is_flag=True, help="The best model by held-out loss, of a run with --holdout.")
def sample(
    source: str,
    length: int,
    temperature: float,
    top_p: float,
    prime: str,
    prime_file: str | None,
    seed: int | None,
    last: bool,
    held_out: bool,
) -> int:
    """Write text with the best model of a run, or with a checkpoint's."""
    from tui_rnn.headless.sample import write_sample

    return write_sample(
        source, length, temperature, top_p, prime, seed, prime_file=prime_file, last=last, held_out=held_out
    )


@click.command(cls=Command, short_help="List the runs under runs/, or in another folder, newest first.")
@click.argument("folder", required=False, shell_complete=completion.folders)
@option("--json", "as_json", is_flag=True, help="One JSON object a run.")
@option("--watch", is_flag=True, help="Again and again; with --json an object for each run that changed.")
def runs(folder: str | None, as_json: bool, watch: bool) -> int:
    """The runs in FOLDER, newest first; without it those under runs/.

    Of the folder of a sweep they are its runs, with what is varied in columns of their own.
    """
    from tui_rnn.headless.runs import show

    return show(folder, as_json=as_json, watch=watch)


@click.command(cls=Command, short_help="Write the assignment's report of a run, of several, or of a sweep.")
@click.argument("runs", metavar="RUN [RUN …]", nargs=-1, required=True, shell_complete=completion.runs)
@option(
    "-o",
    "out",
    metavar="DIR",
    shell_complete=completion.folders,
    help="The report's folder. [report/ in the run or sweep; of several runs, beside the first]",
)
@option(
    "--corpus",
    "corpora",
    multiple=True,
    metavar="PATH",
    shell_complete=completion.files,
    help="Where a run's text lies now, if that was moved; again for another text.",
)
def report(runs: tuple[str, ...], out: str | None, corpora: tuple[str, ...]) -> int:
    """Write the assignment's report of a run, or several runs compared: HTML, Markdown and figures.

    Of the folder of a sweep: what it says so far, by setting, with each run in runs.csv.
    """
    from tui_rnn.cli import studies
    from tui_rnn.report import command

    if len(runs) == 1:
        studies.measure(Path(runs[0]))
    return command.report(runs, out, corpora)


@click.command(cls=Command, short_help="Repeat a run from its log; exit 1 where the digest differs.")
@click.argument("run", shell_complete=completion.runs)
@click.argument("corpus", metavar="[CORPUS …]", nargs=-1, shell_complete=completion.files)
@option(
    "--run", "new_run", metavar="DIR", shell_complete=completion.folders, help="Keep the repeated run there. [nowhere]"
)
@option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
def replay(run: str, corpus: tuple[str, ...], new_run: str | None, as_json: bool) -> int:
    """Repeat the run RUN from its log, adjustments at their steps, and say whether the same state comes of it.

    Exit 1 where its digest differs, 2 where the run cannot be repeated. CORPUS is where its text lies now, if moved.
    """
    from tui_rnn import user_folder
    from tui_rnn.engine.kernels.cache import keep_in
    from tui_rnn.headless.replay import show

    keep_in(user_folder.kernels_folder())
    return show(run, new_run, corpus, as_json=as_json)


@click.command(cls=Command, short_help="A model's weights, or a run's losses, as a file for other programs.")
@click.argument("source", metavar="RUN|CHECKPOINT", shell_complete=completion.runs)
@option(
    "--format",
    "form",
    required=True,
    metavar="NAME",
    shell_complete=completion.names(("npz", "torch", "csv")),
    help="npz: weights for NumPy; torch: safetensors named as torch.nn names them; csv: the losses.",
)
@option(
    "-o", "out", metavar="FILE", shell_complete=completion.files, help="The file, never overwritten. [by RUN's name]"
)
@option("--last", is_flag=True, help="The latest model of a run, not its best.")
@option("--held-out", is_flag=True, help="The best model by held-out loss, of a run with --holdout.")
def export(source: str, form: str, out: str | None, last: bool, held_out: bool) -> int:
    """Write the best model's weights, or the losses of the run, to a new file, and print its path.

    The safetensors file of --format torch needs no PyTorch to be written, and runs no code when it is opened:
    safetensors.torch.load_file(FILE) is a state dict for a module whose parts are named rnn and readout.
    """
    from tui_rnn.headless.export import write

    return write(source, form, out, last=last, held_out=held_out)
