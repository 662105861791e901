"""The answer of a sweep in a sentence: what it claims, and when it claims nothing."""

import pytest

from tests.sweeps import made_up
from tui_rnn.engine.goal import UNLIMITED, Goal
from tui_rnn.sweeps.answer import answer
from tui_rnn.sweeps.spec import Status
from tui_rnn.sweeps.words import brief, done_words, headline, length_words, listed, setting_words, standing

VARIED = {"eta": [0.05, 0.1], "clip": [None, 5.0]}


def said(tell, varied=VARIED, **more):
    plan = made_up.plan(varied, **more)
    return headline(plan, answer(plan, made_up.rows(plan, tell)))


def finished(loss):
    return lambda setting, seed: (Status.FINISHED, loss(setting, seed))


@pytest.mark.parametrize(
    ("tell", "more", "words"),
    [
        (lambda setting, seed: (Status.WAITING, None), {}, "No run has finished yet."),
        (
            lambda setting, seed: (Status.DIVERGED, None),
            {},
            "No run has learnt anything: none of these settings trains.",
        ),
        (finished(lambda setting, seed: 1.5), {}, "Every run comes to the same lowest smooth loss, 1.500 nats/char."),
        (
            finished(lambda setting, seed: 1.5),
            {"varied": {}, "seeds": [3]},
            "The one run reaches a lowest smooth loss of",
        ),
        (
            finished(lambda setting, seed: 1.5 + seed / 10),
            {"varied": {}},
            "Over 3 seeds the lowest smooth loss is between 1.500 and 1.700 nats/char, its median 1.600.",
        ),
        (
            finished(lambda setting, seed: 1.5 + setting["eta"] + seed / 1000),
            {"varied": {"eta": [0.05, 0.1]}},
            "Best after 10,000 updates each is eta = 0.05: its lowest smooth loss is 1.551 nats/char (the median of 3 "
            "seeds). Every other",
        ),
        (
            finished(lambda setting, seed: 1.5 + setting["eta"] + seed),
            {},
            "It cannot be told from “eta = 0.05, clip = 5”, “eta = 0.1, clip = none” and “eta = 0.1, clip = 5” yet: "
            "the seeds' spread is 1.000 (standard deviation), so that with 3 seeds a setting only a difference of",
        ),
        (
            lambda setting, seed: (Status.FINISHED if setting["eta"] < 0.1 else Status.CUT, 1.5 + seed / 100),
            {"varied": {"eta": [0.05, 0.1, 0.2]}},
            "It is the only setting with a run to compare: of the others 6 runs were cut by halving.",
        ),
        (
            lambda setting, seed: (
                Status.FINISHED if setting["eta"] < 0.2 else Status.CUT,
                setting["eta"] + seed / 1000,
            ),
            {"varied": {"eta": [0.05, 0.1, 0.2]}},
            "Every other setting that has finished is worse by more than",
        ),
        (finished(lambda setting, seed: 1.5 + setting["eta"]), {"seeds": [0]}, "take --seeds 3 or more."),
        (
            lambda setting, seed: (Status.FINISHED, 2.0 + setting["eta"]) if seed else (Status.TRAINING, 2.0),
            {},
            "So far, with 4 runs still to end: Best after 10,000 updates each is eta = 0.05, clip = none:",
        ),
    ],
)
def test_the_headline(tell, more, words):
    assert words in said(tell, **more)


def test_where_seeds_are_too_few_it_says_how_many_would_do():
    """Two settings of two seeds, s = 0.02, d = 0.06, held to printed values of Student's t.

    Of 2 degrees of freedom it is 4.303 at 0.05: from 4.303 s = 0.086 on. Of 4, with 3 seeds, 2.776: 0.045 < d.
    """
    words = said(
        finished(lambda setting, seed: 1.5 + 0.02 * 2**0.5 * seed + (0.06 if setting["eta"] > 0.05 else 0)),
        {"eta": [0.05, 0.1]},
        seeds=[0, 1],
    )
    assert "spread is 0.020" in words
    assert "only a difference of 0.086 nats/char or more counts; the means differ by 0.060. " in words
    assert words.endswith("If they stay so, 3 seeds a setting would do (--seeds 3).")


def test_where_settings_are_alike_no_seeds_are_advised():
    words = said(
        finished(lambda setting, seed: 1.5 + 0.02 * seed + setting["eta"] / 100), {"eta": [0.05, 0.1]}, seeds=[0, 1]
    )
    assert words.endswith("even 30 seeds a setting would be too few.")


@pytest.mark.parametrize(
    ("tell", "seeds", "words"),
    [
        (lambda eta, seed: (Status.WAITING, None), 2, ()),
        (
            lambda eta, seed: (Status.FINISHED, 1.5) if eta < 0.1 else (Status.TRAINING, 1.9),
            2,
            ("so far best after 10,000 updates each: 0.05; no other setting has a run to compare yet",),
        ),
        (
            lambda eta, seed: (Status.FINISHED, 1 + eta),
            1,
            ("best after 10,000 updates each: 0.05; with one seed",),
        ),
        (
            lambda eta, seed: (Status.FINISHED, 1.5 + 0.02 * 2**0.5 * seed + (0.06 if eta > 0.05 else 0)),
            2,
            ("best after 10,000 updates each: 0.05, but it cannot be told from 0.1: 3 seeds a setting would do",),
        ),
        (
            lambda eta, seed: (Status.FINISHED, eta + seed / 1e4),
            2,
            ("best after 10,000 updates each: 0.05; all others are worse",),
        ),
    ],
)
def test_the_answer_in_a_line(tell, seeds, words):
    plan = made_up.plan({"eta": [0.05, 0.1]}, seeds=range(seeds))
    rows = made_up.rows(plan, lambda setting, seed: tell(setting["eta"], seed))
    found = brief(answer(plan, rows), lambda group: str(group.setting["eta"]))
    assert [each[: len(start)] for each, start in zip(found, words, strict=False)] == list(words)
    assert sorted(found, key=len, reverse=True) == list(found)
    assert bool(found) == bool(words)
    if found:
        assert found[-1].startswith(("best: 0.05", "so far best: 0.05"))  # the length falls away where there is no room


@pytest.mark.parametrize(
    ("goals", "words"),
    [
        ([Goal(2000), Goal(2000)], "2,000 updates"),
        ([Goal(1)], "1 update"),
        ([Goal(UNLIMITED, 1.0)], "1 minute"),
        ([Goal(UNLIMITED, 2.5)], "2.5 minutes"),
        ([Goal(100, 3.0)], "100 updates or 3 minutes"),
        ([Goal(100), Goal(200)], ""),
        ([], ""),
    ],
)
def test_the_length_is_named_where_all_have_one(goals, words):
    assert length_words(goals) == words


def test_an_answer_over_runs_of_unlike_lengths_names_none():
    words = said(finished(lambda setting, seed: setting["steps"] / 1e4 + seed / 1000), {"steps": [1000, 2000]})
    assert words.startswith("Best is steps = 1,000: its")


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ({Status.CANCELLED: 1, Status.STOPPED: 2, Status.WAITING: 3}, ("0 of 6 runs", "1 cancelled")),
        ({Status.FINISHED: 1200}, ("1,200 of 1,200 runs", "")),
        ({Status.FINISHED: 1, Status.FAILED: 2, Status.DIVERGED: 1}, ("1 of 4 runs", "1 diverged, 2 failed")),
    ],
)
def test_done_is_finished_and_what_else_ended_stands_beside(counts, words):
    assert done_words(counts) == words


def test_words():
    assert setting_words({"hidden_size": 1000, "clip": None, "eta": 1e-4}) == (
        "hidden size = 1,000, clip = none, eta = 0.0001"
    )
    assert setting_words({}) == "every run"
    assert listed(["a"]) == "a"
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert standing({Status.FAILED: 1, Status.FINISHED: 2, Status.WAITING: 0}) == "2 finished, 1 failed"
