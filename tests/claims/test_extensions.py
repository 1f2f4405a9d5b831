"""The extension's claims: what is planted is seen, what is not is not, the paper's stay apart."""

import numpy as np
import pandas as pd
import pytest

from ticketscope.claims import judge
from ticketscope.claims.behaviour import Churn, Contrast, Erased, Follows, Loss, Moved, WordF1
from ticketscope.claims.calibration import calibrate
from ticketscope.claims.model import claims, extensions
from ticketscope.claims.simulation import ITEMS, NOISE, SPARSITIES, Simulation
from ticketscope.claims.tables import NotMeasurable, Tables

SEEDS = 5
LAST = len(SPARSITIES)


def null(seed=1):
    generator = np.random.default_rng(seed)
    return Simulation(1, SEEDS, generator, drift=False).extension_tables()


def planted(sign):
    """Tables in which pruning does what the claims say, or the opposite."""
    tables = null()
    sparsity = dict(enumerate((0.0, *SPARSITIES)))

    def along(table):
        """How far a row's ticket is along the effects of pruning."""
        level = table["k"].astype(int).map(sparsity)
        return sign * level * (table["series"] == "magnitude")

    tasks = sorted(tables["contrast_items"]["phenomenon"].unique())
    weight = {task: place / len(tasks) for place, task in enumerate(tasks)}
    items = tables["contrast_items"].set_index("item")
    margins = tables["contrast_margins"]
    loss = margins["item"].map(items["phenomenon"].map(weight)) + 0.3
    loss = loss + margins["item"].map(items["minority"]).astype(float)
    tables["contrast_margins"] = margins.assign(margin=margins["margin"] - loss * along(margins))

    probes = tables["probes"]
    semantic = (probes["group"] == "Semantics").astype(float)
    hard = probes["task"].astype(str).map(weight)
    # Without the sign: contrasts then lose least where probes lose most.
    level = along(probes)
    ease = 0.3 * (0.5 - hard)
    for column in ("dev", "test"):
        lost = (0.1 * hard + 0.02 * semantic) * level.abs() + 0.05 * level * (hard + semantic)
        tables["probes"] = tables["probes"].assign(**{column: probes[column] + ease - lost})
    # The measures of difficulty agree: such a task has the longer code, and more to lose.
    tables["probes"] = tables["probes"].assign(
        codelength_bits=1000 * (1 + hard), majority=0.7 + ease - 0.1 - 0.2 * hard
    )

    words, flips, drawn, kl = (
        tables[name] for name in ("words", "flips", "flip_resamples", "probabilities")
    )
    rare = 0.2 * along(words) * (words["bucket"] == 1)
    # Words that train does not have are no rare words.
    unseen = words[words["bucket"] == 1].assign(bucket=0, first=0)
    tables["words"] = pd.concat([words.assign(f1=words["f1"] - rare), unseen])
    tables["flips"] = flips.assign(churn=flips["churn"] + 0.1 * along(flips))
    tables["flip_resamples"] = drawn.assign(churn=drawn["churn"] + 0.1 * along(drawn))
    tables["probabilities"] = kl.assign(kl=kl["kl"] + 0.5 * along(kl))
    lost = {"shuffled": 1, "random": 2}
    for name in ("table_a1", "bleu_resamples"):
        table = tables[name]
        level = table["k"].astype(int).map(sparsity) * table["series"].astype(str).map(lost).fillna(
            0
        )
        tables[name] = table.assign(bleu=table["bleu"] - 3 * sign * level)
    erasure = tables["erasure"]
    # That tickets use what they used holds without an effect.
    unused = 0.5 * along(erasure).clip(upper=0) * (erasure["kind"] == "erased")
    tables["erasure"] = erasure.assign(kl=erasure["kl"] + unused)
    return tables


def sentences(tables):
    table, _ = judge(tables, extensions())
    return table[table["part_of"] == ""].set_index("id")


def test_what_is_planted_is_seen():
    table = sentences(planted(1))
    verdicts = table["verdict_equal_training"]
    asked = verdicts[verdicts != ""]
    assert set(asked) == {"supported"} and len(asked) == 6
    only_there = table.loc[verdicts == "", "verdict"]
    assert set(only_there) == {"supported"} and len(only_there) == 6


def test_the_opposite_is_contradicted():
    table = sentences(planted(-1))
    names = ["contrast-lost", "flips-before-mean", "rare-first", "sparse-still-uses"]
    assert set(table.loc[names, "verdict_equal_training"]) == {"contradicted"}
    for name in ("allocation-share", "which-weights"):
        assert table.loc[name, "verdict"] == "contradicted"
    assert table.loc["hidden-stable-output-not", "verdict_equal_training"] == "contradicted"
    # Nearly all items are right by then, so that there is little to see.
    assert table.loc["minority-first", "effect_equal_training"] < 0


def test_an_experiment_without_a_shuffled_series_measures_neither_of_its_claims():
    tables = planted(1)
    for name in ("table_a1", "bleu_resamples"):
        table = tables[name]
        tables[name] = table[table["series"] != "shuffled"]
    table = sentences(tables)
    for name in ("allocation-share", "which-weights"):
        assert table.loc[name, "verdict"] == "not measurable"
        assert "shuffled" in table.loc[name, "note"]


def test_contrasts_that_go_where_probes_do_not_contradict():
    tables = planted(1)
    items = tables["contrast_items"]
    names = sorted(items["phenomenon"].unique())
    other = dict(zip(names, reversed(names), strict=True))
    tables["contrast_items"] = items.assign(tasks=items["tasks"].map(other))
    assert sentences(tables).loc["contrast-follows-probe", "verdict"] == "contradicted"


def test_nothing_is_found_where_nothing_is():
    kept = [claim.id for claim in extensions() if claim.within]
    tables = [sentences(null(seed)) for seed in range(4)]
    assert {verdict for table in tables for verdict in table.loc[kept, "verdict"]} == {"supported"}
    decided = [
        verdict
        for table in tables
        for verdict in table.drop(index=kept)["verdict_equal_training"]
        if verdict in ("supported", "contradicted")
    ]
    assert len(decided) <= 2  # of 20


def test_levels_are_kept():
    level, power = calibrate(6, 5, extension=True)
    assert set(level["id"]) == set(power["id"]) == {claim.id for claim in extensions()}
    experiments = level["experiments"].sum() / 3
    assert np.average(level["wrong"], weights=level["experiments"]) < 0.05 + 3 * np.sqrt(
        0.05 * 0.95 / experiments
    )


def test_the_papers_claims_are_counted_apart():
    names = {claim.id for claim in claims()} | {claim.id for claim in extensions()}
    assert len(names) == len(claims()) + len(extensions())
    assert all(claim.reason and not claim.paper for claim in extensions())


def test_a_correlation_is_that_of_ranks():
    """scipy's Spearman over the pairs, of a seed and ticket."""
    from scipy.stats import spearmanr

    tables = Tables(planted(1))
    grid = Follows(quantity="follows").grid(tables, "magnitude").values
    from ticketscope.claims.probing import Score

    pairs = []
    for task in sorted(tables.rows("contrast_items")["phenomenon"].unique()):
        change = []
        for quantity in (
            Score(quantity="score", probe="linear", task=task),
            Contrast(quantity="contrast", phenomenon=task),
        ):
            values = [quantity.grid(tables, name).values for name in ("magnitude", "control")]
            change.append((values[0] - values[1]).loc[LAST, 2])
        pairs.append(change)
    assert grid.loc[LAST, 2] == pytest.approx(spearmanr(*np.transpose(pairs)).statistic)


def lost_by(weights, semantic=0.03):
    """Tables in which LTH's last magnitude ticket loses points of each task, by its measures.

    Headroom, bits a label and the gap over the baseline differ from task to task, independently.
    """
    tables = null()
    probes = tables["probes"]
    tasks = sorted(probes["task"].unique())
    of_tasks = np.random.default_rng(1).uniform(0.1, 0.5, (len(tasks), 3))
    measures = dict(zip(("headroom", "codelength", "gap"), of_tasks.T, strict=True))
    level = {
        name: probes["task"].astype(str).map(dict(zip(tasks, values, strict=True)))
        for name, values in measures.items()
    }
    last = (probes["series"] == "magnitude") & (probes["k"] == LAST)
    loss = sum(weight * level[name] for name, weight in weights.items())
    loss = loss + semantic * (probes["group"] == "Semantics")
    score = 1 - level["headroom"]
    tables["probes"] = probes.assign(
        dev=score, test=score - last * loss, majority=score - level["gap"],
        codelength_bits=level["codelength"] * probes["n_train"],
    )  # fmt: skip
    return tables


@pytest.mark.parametrize("measure", ["headroom", "codelength", "gap"])
def test_a_loss_is_a_coefficient_over_tasks(measure):
    """What is planted for a measure and for the kind of task: neither takes the other's."""
    tables = lost_by({measure: 0.2})
    grids = [
        Loss(quantity="loss", coefficient=name, measure=measure).grid(Tables(tables), "magnitude")
        for name in ("measure", "semantic")
    ]
    dense = tables["probes"].query("series == 'dense' and probe == 'linear' and group != 'POS'")
    values = {
        "headroom": 1 - dense["test"],
        "codelength": dense["codelength_bits"] / dense["n_train"],
        "gap": dense["test"] - dense["majority"],
    }
    assert grids[0].values.loc[LAST, 0] == pytest.approx(0.2 * np.std(values[measure]))
    assert grids[1].values.loc[LAST, 0] == pytest.approx(0.03)
    assert grids[0].values.loc[1].abs().max() < 0.01  # LTH1 has only drifted


def test_difficulty_has_to_show_by_each_measure_of_it():
    """Tasks that only have the longer code lose more: headroom does not say so."""
    tables = lost_by({"codelength": 0.2}, semantic=0)
    table, _ = judge(tables, extensions())
    verdicts = table.set_index("id")["verdict"]
    assert verdicts["difficult-first/codelength"] == "supported"
    assert verdicts["difficult-first/headroom"] != "supported"
    assert verdicts["difficult-first"] != "supported"


def test_a_measure_that_few_tasks_have_is_left_out_and_said():
    """As with `probing.codelength_dense: []`, where arc prediction alone has a codelength."""
    tables = planted(1)
    probes = tables["probes"]
    coded = probes["task"].isin(["SynPred", "SemPred"])
    tables["probes"] = probes.assign(codelength_bits=probes["codelength_bits"].where(coded))
    table, _ = judge(tables, extensions())
    rows = table.set_index("id")
    assert rows.loc["difficult-first/codelength", "verdict"] == "not measurable"
    assert "their codelength in LTH0" in rows.loc["difficult-first/codelength", "note"]
    for name in ("difficult-first", "semantic-first"):
        assert rows.loc[name, "verdict"] == "supported"
        assert "Not measured here: codelength." in rows.loc[name, "note"]


@pytest.mark.parametrize(
    ("quantity", "without", "message"),
    [
        (Contrast(quantity="contrast", phenomenon="x"), {}, "no contrast set has such items"),
        (WordF1(quantity="word f1", words="rare"), {"words"}, "words.csv is missing"),
        (Moved(quantity="moved", what="output"), {"probabilities"}, "probabilities.csv is missing"),
        (Follows(quantity="follows"), {"contrast_items"}, "contrast_items.csv is missing"),
        (
            Loss(quantity="loss", coefficient="semantic", measure="gap"),
            {"probes"},
            "probes.csv is missing",
        ),
    ],
)
def test_what_is_missing_is_said(quantity, without, message):
    tables = {name: table for name, table in null().items() if name not in without}
    with pytest.raises(NotMeasurable, match=message):
        quantity.grid(Tables(tables), "magnitude")


def test_one_seed_has_no_distance_between_trainings():
    tables = null()
    kl = tables["probabilities"]
    tables["probabilities"] = kl[kl["k"] > 0]
    with pytest.raises(NotMeasurable, match="two seeds"):
        Moved(quantity="moved", what="output").grid(Tables(tables), "magnitude")


def test_churn_is_from_the_seeds_own_lth0_and_its_draws_go_with_their_tickets():
    tables = null()
    flips = tables["flips"]
    others = flips.assign(other_seed=flips["seed"] + 1, churn=1.0)
    of_other_seeds = tables | {"flips": pd.concat([flips, others])}
    grid = Churn(quantity="churn", kind="contrast").grid(Tables(of_other_seeds), "magnitude")
    one = "series == 'magnitude' and kind == 'contrast' and k == 2 and seed == 3"
    assert grid.values.loc[2, 3] == flips.query(one)["churn"].item()
    drawn = tables["flip_resamples"].query(one)["churn"].to_numpy()
    np.testing.assert_allclose(grid.draws[:, 2, 3], drawn - drawn.mean())
    assert not grid.draws[:, 0].any() and not grid.values.loc[0].any()


def test_a_distance_and_its_error_are_shares_of_that_between_trainings():
    tables = null()
    kl = tables["probabilities"]
    columns = {name: 7 * kl[name] for name in ("kl", "kl_low", "kl_high")}
    one, other = (
        Moved(quantity="moved", what="output").grid(Tables(each), "magnitude")
        for each in (tables, tables | {"probabilities": kl.assign(**columns)})
    )
    np.testing.assert_allclose(one.values, other.values)
    np.testing.assert_allclose(one.draws, other.draws)
    assert one.values.loc[LAST].mean() == pytest.approx(0.1, abs=0.02) and one.draws.any()


@pytest.mark.parametrize(
    ("quantity", "error"),
    [
        (WordF1(quantity="word f1", words="rare"), NOISE["word f1"].shared),
        (Moved(quantity="moved", what="output"), NOISE["kl"].shared),
        # LTH0s of two seeds are half as alike as one is with itself.
        (Moved(quantity="moved", what="hidden"), NOISE["kept"].shared / 0.5),
        (Erased(quantity="erased"), NOISE["erased"].shared),
    ],
)
def test_intervals_are_read_as_those_of_95_percent(quantity, error):
    """An error that all tickets share and as much of each; or of the erased and of the random."""
    grid = quantity.grid(Tables(null()), "magnitude")
    assert grid.draws[:, 1:].std(axis=0) == pytest.approx(2**0.5 * error, rel=0.2)


def test_a_share_of_contrasts_has_a_binomial_error():
    grid = Contrast(quantity="contrast", phenomenon="NER").grid(Tables(null()), "magnitude")
    share = grid.values.to_numpy()
    error = np.sqrt(share * (1 - share) / ITEMS)
    assert error.min() > 0
    np.testing.assert_allclose(grid.draws.std(axis=0), error, rtol=0.2)


def test_tasks_whose_erasing_leaves_nothing_are_left_out():
    tables = null()
    rows = tables["erasure"]
    of_it = rows["task"] == "POS"
    whole = rows.assign(rank=rows["rank"].mask(of_it, rows["dim"]))
    with_it, without = (
        Erased(quantity="erased").grid(Tables(tables | {"erasure": table}), "magnitude")
        for table in (whole, rows[~of_it])
    )
    pd.testing.assert_frame_equal(with_it.values, without.values)
    np.testing.assert_array_equal(with_it.draws, without.draws)
