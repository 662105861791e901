"""Each sentence of a report is true of the run at hand: resumed, branched, of one step or none, blown up."""

from dataclasses import replace

import pytest

from tests.report.support import a_run, append
from tests.runs.support import OPTIONS, small_job, train
from tui_rnn.engine.control import AdjustRequest, Control
from tui_rnn.engine.events import Sample
from tui_rnn.report.assignment import _key_figures
from tui_rnn.report.document import Facts, Paragraph, Picture, Text
from tui_rnn.report.figures import LossPicture, loss_figure
from tui_rnn.report.read import read_run
from tui_rnn.report.run_record import BestText
from tui_rnn.report.sections.losses import _told, by_position
from tui_rnn.report.sections.making import facts, state_of
from tui_rnn.report.sections.texts import best_text, samples, stood
from tui_rnn.report.views import epochs
from tui_rnn.runs.job import resumed_job
from tui_rnn.runs.session import Session


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run of one epoch and a half."""
    return read_run(str(a_run(tmp_path_factory.mktemp("run"), steps=400).path))


def sentences(blocks):
    """What these blocks say, without tables and texts."""
    for block in blocks:
        match block:
            case Paragraph(parts):
                yield "".join(part if isinstance(part, str) else part.text for part in parts)
            case Picture():
                yield f"{block.alt} {block.caption}"
            case Facts(_, rows):
                yield from (f"{name} {value}" for name, value in rows)


@pytest.mark.parametrize(
    ("best", "told"),
    [
        (BestText("a", 900, 45.0, True, "a newline"), "lowest smooth loss, as it stood before update 900;"),
        (BestText("a", 900, 45.0, False, "a newline"), "as no best one is on disk, as it stood after 900 updates;"),
        (BestText("a", 1, 45.0, False, "a newline"), "as no best one is on disk, as it stood after 1 update;"),
        (BestText("a", 0, None, False, "a newline"), "as it stood after 0 updates; smooth loss there: no loss yet."),
    ],
)
def test_the_model_that_wrote_is_told_with_the_moment_its_weights_are_of(run, best, told):
    assert told in " ".join(sentences(best_text(replace(run, best_text=best))))
    assert stood(best) in told


def test_one_epoch_is_told_in_the_singular_and_laid_over_none(run):
    overlaid = epochs(run)
    assert len(overlaid) > 1
    several, one = (" ".join(sentences(by_position(run, some))) for some in (overlaid, overlaid[:1]))
    assert f"{len(overlaid)} epochs overlaid." in several
    assert "laid over the one before" in several
    assert "1 epoch." in one
    assert "overlaid" not in one
    assert "laid over" not in one
    assert "epochs" not in one


def test_a_loss_that_only_rose_is_not_said_to_fall(run):
    curve = replace(run.curve, smooth=run.curve.smooth[0] + 1e30 * (run.curve.steps - run.curve.steps[0]))
    log = replace(run.log, progress={}, done=None)
    rose = replace(run, curve=curve, log=log, state=None, best_text=BestText("", 1, float(curve.smooth[0]), True, ""))
    assert "is lowest where it begins, at" in _told(rose)
    assert "falls" not in _told(rose)
    assert "falls from" in _told(run)


def test_figures_of_a_run_that_blew_up_are_told_in_short(run):
    curve = replace(run.curve, smooth=run.curve.smooth * 1e34)
    huge = replace(run, curve=curve, best_text=replace(run.best_text, smooth_loss=1.26e34), log=replace(run.log))
    huge.log.progress, huge.log.done, huge = {}, None, replace(huge, state=None)
    assert "1.26e+34" in _told(huge)
    assert ("1.26e+34", "nats") in [key[:2] for key in _key_figures(huge)]
    assert all(len(word) < 30 for word in _told(huge).split())


def test_the_lowest_loss_in_the_figure_is_told_in_short(run):
    picture = LossPicture(
        run.curve.steps, run.curve.smooth, run.curve.raw, "loss", 1, (1.26e34, 5), (), (), (), ""
    )  # fmt: skip
    figure = loss_figure(picture)
    assert "lowest: 1.26e+34 after update 5" in [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    assert figure.axes[0].get_ylabel() == "loss, summed over 1 character (nats)"


@pytest.mark.parametrize(("step", "words"), [(1, "1 update"), (400, "400 updates")])
def test_updates_are_counted_in_words_that_fit(run, step, words):
    log = replace(run.log, progress={}, done=replace(run.log.done, step=step, reason="diverged"))
    told = replace(run, log=log, state=None)
    assert state_of(told) == f"It diverged after {words}: a number was no longer finite."
    assert f"{words[0 : words.index(' ')]}" in [key[0] for key in _key_figures(told)]
    assert words.split()[1] in [key[1] for key in _key_figures(told)]


def test_what_a_run_was_resumed_with_is_told(tmp_path):
    directory = a_run(tmp_path, steps=10)
    train(resumed_job(str(directory.path), 20, dict(OPTIONS)))
    told = dict(facts(read_run(str(directory.path))))
    assert told["trained in"] == "2 parts: it went on once, exactly"
    assert told["goal"] == "20 steps, where it was begun for 10 steps"
    append(
        directory, {"event": "start", "version": "0", "corpus": {"sha256": "other"}, "config": {}, "resumed_step": 20}
    )
    told = dict(facts(read_run(str(directory.path))))
    assert told["trained in"] == "3 parts: it went on 2 times, with a text that was changed in between"


def test_the_last_sample_stands_at_the_end_until_the_run_goes_on_and_each_says_an_unusual_temperature(tmp_path):
    job = small_job(tmp_path, steps=30, sample_every=20)
    control = Control()
    control.post(AdjustRequest("temperature", 0.5))
    with job, Session(job, control, progress_every=10) as session:
        written = {event.step: event.text for event in session.events() if isinstance(event, Sample)}
    blocks = list(samples(read_run(str(job.directory.path))))
    texts = [block for block in blocks if isinstance(block, Text)]
    assert [(text.label, text.text) for text in texts] == [
        ("Before update 1", written[1]),
        ("Before update 20", written[20]),
        ("After update 30, the last", written[30]),
    ]
    assert all(text.detail.endswith("; temperature 0.5, top-p 1") for text in texts)
    assert "drawn from p, by the temperature and top-p said beside it." in " ".join(sentences(blocks))
    train(resumed_job(str(job.directory.path), 60, dict(OPTIONS)))
    titles = [block.label for block in samples(read_run(str(job.directory.path))) if isinstance(block, Text)]
    assert titles == ["Before update 1", "Before update 20", "Before update 40", "Before update 60"]
