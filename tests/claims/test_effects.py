"""One number a seed: each statistic by hand, where an effect is planted and where there is none."""

import numpy as np
import pandas as pd
import pytest

from ticketscope.claims.effects import SeedEffects, effects_of, mean_of_parts
from ticketscope.claims.model import Claim, Part
from ticketscope.claims.tables import NotMeasurable, Tables

SPARSITIES = {1: 0.2, 2: 0.738, 3: 0.79}  # the paper's LTH1, LTH6 and LTH7
DENSE, MAGNITUDE, CONTROL = 30.0, (31.0, 28.0, 26.5), (30.5, 31.0, 31.5)
X = np.array([0.2, 0.738, 0.79])
SLOPE = {
    name: np.polyfit(X, values, 1)[0] * 0.79
    for name, values in {
        "paper": np.array(MAGNITUDE) - DENSE,
        "equal_training": np.array(MAGNITUDE) - np.array(CONTROL),
    }.items()
}


def tables(magnitude=MAGNITUDE, control=CONTROL, **more: pd.DataFrame) -> Tables:
    """BLEU of three seeds, all 1 apart, whose sparsities differ; and more tables."""
    rows = [
        {"seed": seed, "series": series, "k": k, "bleu": value + seed}
        for seed in (1, 2, 3)
        for series, values in (("magnitude", magnitude), ("control", control))
        for k, value in enumerate(values, start=1)
    ]
    rows += [{"seed": seed, "series": "dense", "k": 0, "bleu": DENSE + seed} for seed in (1, 2, 3)]
    known = [
        {"seed": seed, "series": "magnitude", "k": k, "sparsity_excl": sparsity + 0.02 * (seed - 2)}
        for seed in (1, 2, 3)
        for k, sparsity in SPARSITIES.items()
    ]
    return Tables({"table_a1": pd.DataFrame(rows), "sparsity": pd.DataFrame(known)} | more)


def claim(statistic: str, **keys) -> Claim:
    return Claim(
        id="made-up", section="1", sentence="One.", unit="BLEU", statistic=statistic,
        **{"of": {"quantity": "bleu"}} | keys,
    )  # fmt: skip


BY_HAND = {
    "trend": (claim("trend"), SLOPE),
    "change": (claim("change", ticket=7), {"paper": -3.5, "equal_training": -5.0}),
    "step": (claim("step", ticket=7), {"paper": -1.5, "equal_training": -2.0}),
    "mean": (claim("mean"), {"paper": -1.5, "equal_training": -2.5}),
    "mean of the sparser": (claim("mean", ticket=6), {"paper": -2.75, "equal_training": -4.0}),
    "level": (claim("level", references=["paper"]), {"paper": (30 + 31 + 28 + 26.5) / 4 + 2}),
}


@pytest.mark.parametrize("name", BY_HAND)
def test_a_planted_effect_is_the_number_by_hand(name):
    made_up, expected = BY_HAND[name]
    for reference, effect in expected.items():
        (found,) = effects_of(made_up, Part(), tables(), reference)
        assert found.seeds == [1, 2, 3] and np.mean(found.values) == pytest.approx(effect)
        (less,) = effects_of(made_up.model_copy(update={"sign": -1}), Part(), tables(), reference)
        np.testing.assert_array_equal(less.values, -found.values)


@pytest.mark.parametrize("name", [name for name in BY_HAND if name != "level"])
def test_what_training_alone_does_is_no_effect_at_equal_training(name):
    """Magnitude tickets that are as good as the control, whatever that does."""
    made_up, _ = BY_HAND[name]
    same = tables(magnitude=CONTROL)
    (found,) = effects_of(made_up, Part(), same, "equal_training")
    assert found.values == pytest.approx(np.zeros(3))
    (against_dense,) = effects_of(made_up, Part(), same, "paper")
    assert abs(against_dense.values).min() > 0.1


def test_two_quantities_with_the_same_level_have_no_effect():
    """And one that lies a tenth above the other has a tenth, whatever their tickets do."""
    rows = [
        {"seed": seed, "series": series, "k": k, "module": module}
        | {"layer": 1, "share": 0.3 + 0.1 * (module == "dec_self") + 0.02 * k * seed}
        for seed in (1, 2, 3)
        for series, k in (("dense", 0), ("magnitude", 1), ("magnitude", 2), ("magnitude", 3))
        for module in ("enc_self", "enc_dec", "dec_self")
    ]
    known = tables(attention_concentration=pd.DataFrame(rows))
    share = {"quantity": "concentration", "module": "enc_self"}
    for other, expected in (("enc_dec", 0.0), ("dec_self", -0.1)):
        level = claim("level", of=share, minus=[{"module": other}], references=["paper"])
        (found,) = effects_of(level, Part(), known, "paper")
        assert found.values == pytest.approx(np.full(3, expected))


def test_without_lth0_nothing_takes_its_place():
    """Its number was that of the last ticket."""
    known = tables()
    known._tables["table_a1"] = known._tables["table_a1"].query("k > 0")
    with pytest.raises(NotMeasurable, match="LTH0 was not measured"):
        effects_of(claim("change", ticket=7), Part(), known, "paper")
    (found,) = effects_of(claim("change", ticket=7), Part(), known, "equal_training")
    assert np.mean(found.values) == pytest.approx(-5.0)


def test_a_share_of_the_reference():
    (found,) = effects_of(claim("change", ticket=7, relative=True), Part(), tables(), "paper")
    assert found.values == pytest.approx([27.5 / 31 - 1, 28.5 / 32 - 1, 29.5 / 33 - 1])


# What other sentences change, resample by resample; the mean is 0.
DRAWN = {"dense": (-1.0, 0.0, 2.0, -1.0), "magnitude": (0.5, -0.5, 1.0, -1.0)}


@pytest.mark.parametrize("relative", [False, True])
def test_draws_are_those_of_both_terms(relative):
    """Of a share by the rule of a quotient: d(y / b) = dy / b - y db / b^2."""
    resamples = pd.DataFrame(
        {"seed": seed, "series": series, "k": k, "resample": i, "bleu": value + seed + drawn}
        for seed in (1, 2, 3)
        for series, k, value in (("dense", 0, DENSE), ("magnitude", 3, MAGNITUDE[2]))
        for i, drawn in enumerate(DRAWN[series])
    )
    change = claim("change", ticket=7, relative=relative)
    (found,) = effects_of(change, Part(), tables(bleu_resamples=resamples), "paper")
    y, b = MAGNITUDE[2] + np.array([1, 2, 3]), DENSE + np.array([1, 2, 3])
    dy, db = (np.array(DRAWN[series])[:, None] for series in ("magnitude", "dense"))
    expected = dy / b - y * db / b**2 if relative else np.repeat(dy - db, 3, axis=1)
    np.testing.assert_allclose(found.draws, expected)
    # The same sentences are in what is subtracted, so that their error cancels.
    itself = change.model_copy(update={"minus": [{}]})
    (nothing,) = effects_of(itself, Part(), tables(bleu_resamples=resamples), "paper")
    assert not nothing.values.any() and not nothing.draws.any()


def test_a_part_without_draws_adds_no_error_to_the_mean():
    drawn = SeedEffects([1, 2, 3], np.array([1.0, 2, 3]), np.array([[1.0, 2, 4], [-1, -2, -4]]))
    sure = SeedEffects([3, 2], np.array([9.0, 6]), None)
    (mean,) = mean_of_parts([[drawn], [sure]])
    assert mean.seeds == [2, 3] and mean.values.tolist() == [4, 6]
    np.testing.assert_array_equal(mean.draws, [[1, 2], [-1, -2]])
