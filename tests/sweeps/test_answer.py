"""What a sweep says, held to NumPy's own statistics, to closed forms, and to what a reader would be misled by."""

import math
from dataclasses import replace

import numpy as np
import pytest

from tests.sweeps import made_up
from tui_rnn.sweeps.answer import Judge, answer, quantile
from tui_rnn.sweeps.chance import chance
from tui_rnn.sweeps.spec import Status

FINISHED, DIVERGED, CUT, FAILED, WAITING = (
    Status.FINISHED,
    Status.DIVERGED,
    Status.CUT,
    Status.FAILED,
    Status.WAITING,
)
GRID = {"eta": [0.05, 0.1, 0.2], "hidden_size": [50, 100]}


def noisy(setting, seed):
    """A loss that eta decides for the most part, hidden_size a little, and the seed by some chance."""
    rng = np.random.default_rng([seed, setting["hidden_size"], round(1000 * setting["eta"])])
    return FINISHED, 1.5 + 2 * abs(setting["eta"] - 0.1) - 0.0005 * setting["hidden_size"] + 0.01 * rng.normal()


def of_grid(tell, **more):
    plan = made_up.plan(GRID, **more)
    return answer(plan, made_up.rows(plan, tell))


def test_median_and_quartiles_are_numpys():
    found = of_grid(noisy, seeds=range(6))
    for group in found.groups:
        losses = [noisy(group.setting, seed)[1] for seed in range(6)]
        assert list(group.losses.values()) == losses
        assert group.median == pytest.approx(np.median(losses))
        assert group.quantile(0.25) == pytest.approx(np.quantile(losses, 0.25))
        assert group.quantile(0.75) == pytest.approx(np.quantile(losses, 0.75))
    medians = [np.median(list(group.losses.values())) for group in found.ranked]
    assert medians == sorted(medians)
    assert found.best.setting == {"eta": 0.1, "hidden_size": 100}
    assert found.best.best_row.spec.seed == int(np.argmin([noisy(found.best.setting, seed)[1] for seed in range(6)]))


@pytest.mark.parametrize("part", [0, 0.1, 0.25, 0.5, 0.9, 1])
@pytest.mark.parametrize("n", [1, 2, 3, 4, 7])
def test_a_quantile_is_numpys(n, part):
    values = np.random.default_rng(n).normal(size=n)
    assert quantile(list(values), part) == pytest.approx(np.quantile(values, part))


def test_shares_are_what_least_squares_explain():
    """Of a balanced grid an option's share is R² of a regression on one-hot columns of its values."""
    found = of_grid(noisy, seeds=range(4)).effects
    settings = [(eta, m) for eta in GRID["eta"] for m in GRID["hidden_size"] for _ in range(4)]
    y = np.array([noisy({"eta": eta, "hidden_size": m}, i % 4)[1] for i, (eta, m) in enumerate(settings)])

    def explained(labels):
        X = np.array([[label == each for each in dict.fromkeys(labels)] for label in labels], float)
        residual = y - X @ np.linalg.lstsq(X, y, rcond=None)[0]
        return 1 - residual.var() / y.var()

    shares = {effect.options: effect.share for effect in found.options}
    by_eta, by_m, by_both = (explained(column) for column in (*zip(*settings, strict=True), settings))
    assert shares == pytest.approx({("eta",): by_eta, ("hidden_size",): by_m})
    assert found.together.share == pytest.approx(by_both - by_eta - by_m)
    assert found.seeds == pytest.approx(1 - by_both)
    assert [effect.options for effect in found.options] == [("eta",), ("hidden_size",)]
    within = y.reshape(6, 4)
    assert found.spread == pytest.approx(np.sqrt(within.var(axis=1, ddof=1).mean()))
    eta = found.options[0]
    assert [level.mean for level in eta.levels] == pytest.approx(y.reshape(3, 8).mean(axis=1))
    assert eta.is_significant
    assert found.options[1].is_significant
    F = (by_eta / 2) / ((1 - by_both) / 18)
    assert eta.by_chance == pytest.approx((1 + 2 * F / 18) ** -9)  # closed form of the F distribution with 2 and 18


@pytest.mark.parametrize("F", [0.1, 1.0, 4.0, 50.0])
def test_chance_has_its_closed_forms(F):
    for n in (1, 2, 5, 30, 200):
        assert chance(F, 2, n) == pytest.approx((1 + 2 * F / n) ** (-n / 2))
    assert chance(F, 1, 1) == pytest.approx(1 - 2 / math.pi * math.atan(math.sqrt(F)))
    assert chance(F, 5, 7) + chance(1 / F, 7, 5) == pytest.approx(1)


@pytest.mark.parametrize(("F", "between", "within"), [(4.84, 1, 11), (3.10, 3, 20), (2.776, 4, 24), (18.51, 1, 2)])
def test_chance_agrees_with_the_printed_table_of_5_per_cent(F, between, within):
    assert chance(F, between, within) == pytest.approx(0.05, abs=2e-4)


def test_where_the_seeds_differ_as_much_as_the_settings_nothing_is_told():
    def shuffled(setting, seed):
        """Every setting has the same three losses, in another order, and a little of its own."""
        return FINISHED, 1.5 + 0.05 * ((seed + setting["hidden_size"] // 50) % 3) + 0.1 * setting["eta"]

    found = of_grid(shuffled)
    assert not any(effect.is_significant for effect in found.effects.options)
    assert len(found.equals) == 5  # none can be told from the best
    assert found.effects.seeds > 0.9


def test_settings_far_from_the_best_are_told_from_it():
    found = of_grid(noisy)
    assert {group.setting["eta"] for group in found.equals} <= {0.1}
    best, spread = found.best, found.spread
    residuals = [np.var(list(group.losses.values()), ddof=1) for group in found.groups]
    assert spread == pytest.approx((np.sqrt(np.mean(residuals)), 12))
    assert spread[0] == pytest.approx(found.effects.spread)  # one spread in the answer and in the shares
    assert best not in found.equals


def test_seeds_of_settings_that_hardly_train_do_not_widen_the_spread():
    def tell(setting, seed):
        return FINISHED, 1.5 + (0.01 * seed if setting["hidden_size"] == 100 else 1 + seed)

    assert of_grid(tell).spread == pytest.approx((0.01, 6))


def test_with_one_seed_no_chance_is_known_and_nothing_is_told_apart():
    found = of_grid(noisy, seeds=[7])
    assert found.spread is None
    assert found.effects.spread is None
    assert found.effects.seeds == 0
    assert [effect.by_chance for effect in found.effects.options] == [None, None]
    assert not any(effect.is_significant for effect in found.effects.options)
    assert len(found.equals) == 5


def test_a_diverged_run_counts_as_worse_than_every_other():
    def tell(setting, seed):
        return (DIVERGED, 1.0) if setting["eta"] == 0.1 and seed < 2 else noisy(setting, seed)

    found = of_grid(tell)
    worst = [group for group in found.groups if group.setting["eta"] == 0.1]
    assert [group.median for group in worst] == [math.inf] * 2
    assert [group.quantile(0) for group in worst] == [min(group.losses.values()) for group in worst]
    assert found.ranked[-2:] == tuple(sorted(worst, key=lambda group: group.mean))
    assert found.best.setting["eta"] != 0.1
    assert found.effects.used_seeds == (2,)  # the seed with which every setting has finished
    assert worst[0].counts == {DIVERGED: 2, FINISHED: 1}


def test_a_run_off_course_counts_as_one_that_diverged():
    plan = made_up.plan({"eta": [0.1, 9.0]})
    told = made_up.rows(plan, lambda setting, seed: (FINISHED, 1.5 if setting["eta"] < 1 else 40.0 * seed))
    found = answer(
        plan,
        [
            replace(row, line=replace(row.line, off_course=row.spec.seed > 0 and row.spec.setting["eta"] > 1))
            for row in told
        ],
    )
    assert found.groups[1].losses == {0: 0.0}
    assert found.groups[1].median == math.inf
    assert found.best is found.groups[0]
    assert found.equals == ()


def test_a_value_that_never_trains_is_left_out_of_the_shares_and_named():
    found = of_grid(lambda setting, seed: (DIVERGED, None) if setting["eta"] == 0.2 else noisy(setting, seed))
    assert found.effects.left_out == (("eta", 0.2),)
    assert found.effects.settings == 4
    assert [
        level.value for effect in found.effects.options if effect.options == ("eta",) for level in effect.levels
    ] == [
        0.05,
        0.1,
    ]


def test_cut_and_failed_and_waiting_runs_take_no_part():
    def tell(setting, seed):
        return (
            {0: (CUT, 0.1), 1: (FAILED, 0.1), 2: (WAITING, None)}[seed]
            if setting["eta"] < 0.2
            else noisy(setting, seed)
        )

    found = of_grid(tell)
    assert found.best.setting["eta"] == 0.2
    assert [group.median for group in found.groups if group.setting["eta"] < 0.2] == [None] * 4
    assert len(found.with_status(CUT)) == 4
    assert found.ranked[0] is found.best


def test_nothing_finished_has_no_best_and_no_shares():
    found = of_grid(lambda setting, seed: (WAITING, None))
    assert found.best is None
    assert found.equals == ()
    assert found.effects is None
    assert found.why_no_effects == "no option has two values of which a run has finished"


def test_seeds_alone_are_one_setting():
    plan = made_up.plan({}, seeds=range(10))
    found = answer(plan, made_up.rows(plan, lambda setting, seed: (FINISHED, 1.8 + seed / 100)))
    assert len(found.groups) == 1
    assert found.best.median == pytest.approx(1.845)
    assert found.effects is None
    assert found.why_no_effects == "nothing but the seed is varied"


def test_equal_losses_have_no_shares():
    assert of_grid(lambda setting, seed: (FINISHED, 1.5)).why_no_effects == "all runs have the same loss"


def test_one_loss_judges_all_runs():
    long, short = made_up.plan({"eta": [0.1]}), made_up.plan({"steps": [10_000, 400]})
    held_out = made_up.plan({"eta": [0.1]}, holdout=0.1)
    unlike = made_up.plan({"holdout": [0.1, 0.2]})
    timed = made_up.plan({"eta": [0.1]}, minutes=1.0)
    tell = lambda setting, seed: (FINISHED, 2.0)  # noqa: E731
    judges = [answer(each, made_up.rows(each, tell)).judge for each in (long, short, held_out, unlike, timed)]
    assert judges == [Judge.SMOOTH, Judge.RECENT, Judge.HELD_OUT, Judge.SMOOTH, Judge.SMOOTH]
    ended_early = [replace(row, line=replace(row.line, step=900)) for row in made_up.rows(timed, tell)]
    assert answer(timed, ended_early).judge == Judge.RECENT


def test_a_loss_that_is_no_number_is_none():
    plan = made_up.plan({"eta": [0.1, 0.2]})
    found = answer(plan, made_up.rows(plan, lambda setting, seed: (FINISHED, math.nan if seed else 1.0)))
    assert [list(group.losses) for group in found.groups] == [[0], [0]]


@pytest.mark.parametrize(
    ("others", "t"), [(1, 4.303), (2, 6.205)]
)  # printed: t of 2 degrees of freedom at 0.05 and 0.025
def test_a_setting_is_told_from_the_best_where_students_t_says_so(others, t):
    """Two settings of two seeds, s = 0.01 each, differ by t s (1/2 + 1/2)^(1/2), a third is far away."""

    def equals(times):
        def tell(setting, seed):
            if setting["eta"] == 0.3:
                return (FINISHED, 9.0) if seed == 0 else (WAITING, None)
            return FINISHED, 1.5 + 0.01 * math.sqrt(2) * (seed - 0.5) + (
                times * t * 0.01 if setting["eta"] == 0.2 else 0
            )

        plan = made_up.plan({"eta": [0.1, 0.2, 0.3][: others + 1]}, seeds=range(2))
        return [group.setting["eta"] for group in answer(plan, made_up.rows(plan, tell)).equals]

    assert equals(0.99) == [0.2]
    assert equals(1.01) == []


def test_more_seeds_than_there_are_would_be_needed_for_what_is_not_told():
    """Also where the spread is that of the better half: t of 2 degrees of freedom at 0.05 / 3 is 7.65, of 4 3.96."""

    def tell(setting, seed):
        apart = {0.1: (0.0, 0.01), 0.2: (0.06, 0.01), 0.3: (5.0, 1.0), 0.4: (9.0, 1.0)}
        ahead, s = apart[setting["eta"]]
        return FINISHED, 1.5 + ahead + s * math.sqrt(2) * (seed - 0.5)

    plan = made_up.plan({"eta": [0.1, 0.2, 0.3, 0.4]}, seeds=range(2))
    found = answer(plan, made_up.rows(plan, tell))
    best, second = found.groups[:2]
    assert found.spread == pytest.approx((0.01, 2))
    assert found.least_difference(best, second) == pytest.approx(0.0765, abs=1e-4)  # t s (1/2 + 1/2)^(1/2)
    assert second in found.equals
    assert found.seeds_needed(best, second) == 3  # 3.96 s (2/3)^(1/2) = 0.032
