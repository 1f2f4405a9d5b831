"""Overlap of masks: counts as of sets, chance as of the hypergeometric distribution."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import hypergeom

from tests.tickets.made_up_masks import HEADS, random_mask, shapes
from ticketscope.errors import InputError
from ticketscope.tickets.masks import Mask
from ticketscope.tickets.overlap import MODULE, mask_overlap, pool_overlap

pairs = st.builds(
    lambda seed, keep, other: (random_mask(seed, keep), random_mask(seed + 1, other)),
    st.integers(0, 10**6), st.floats(0, 1), st.floats(0, 1),
)  # fmt: skip
INDICES = ["expected", "jaccard", "jaccard_chance", "above_chance", "chance_sd"]


def places(kept: np.ndarray) -> set[tuple[int, ...]]:
    return {place for place in np.ndindex(kept.shape) if kept[place]}


def row(table: pd.DataFrame, **module) -> pd.Series:
    module = {"head": None, "kind": "weight"} | module
    for name, value in module.items():
        table = table[table[name].isna() if value is None else table[name].eq(value)]
    (found,) = (entry for _, entry in table.iterrows())
    return found


@settings(max_examples=25)
@given(pairs)
def test_counts_and_indices_are_those_of_sets(pair):
    mask, other = pair
    table = mask_overlap(mask, other, HEADS)
    whole = table[table["head"].isna()].reset_index(drop=True)
    assert len(whole) == len(mask.kept)
    for (_, found), name in zip(whole.iterrows(), mask.kept, strict=True):
        ours, theirs = places(mask.kept[name]), places(other.kept[name])
        counts = mask.kept[name].size, len(ours), len(theirs), len(ours & theirs)
        assert tuple(found[["total", "kept", "other_kept", "both"]]) == counts
        if ours | theirs:
            assert found["jaccard"] == pytest.approx(len(ours & theirs) / len(ours | theirs))
        else:
            assert np.isnan(found["jaccard"])
        chance = hypergeom(mask.kept[name].size, len(ours), len(theirs))
        assert found["expected"] == pytest.approx(chance.mean())
        low, high = chance.support()
        if low == high:
            assert np.isnan(found["above_chance"]) and np.isnan(found["chance_sd"])
        else:
            # By the definition: a line through 0 at the mean and 1 at the largest value possible.
            scale = high - chance.mean()
            above = (len(ours & theirs) - chance.mean()) / scale
            assert found["above_chance"] == pytest.approx(above, abs=1e-9)
            assert found["chance_sd"] == pytest.approx(chance.std() / scale)


@settings(max_examples=25)
@given(pairs)
def test_heads_are_rows_of_q_k_v_and_columns_of_o(pair):
    mask, other = pair
    table = mask_overlap(mask, other, HEADS)
    for block, module, side in (("enc-self", "self_attn", "encoder"),
                                ("enc-dec", "encoder_attn", "decoder")):  # fmt: skip
        width = 8 // HEADS[side]
        for part, letter in (("q", "q"), ("v", "v"), ("o", "out")):
            name = f"{side}.layers.0.{module}.{letter}_proj.weight"
            both = places(mask.kept[name] & other.kept[name])
            axis = 1 if part == "o" else 0
            for head in range(HEADS[side]):
                of_head = row(table, block=block, part=part, head=head + 1)
                assert of_head["both"] == sum(place[axis] // width == head for place in both)
    headed = table[table["head"].notna()]
    assert set(headed["kind"]) == {"weight"} and set(headed["part"]) == {"q", "k", "v", "o"}
    counts = ["total", "kept", "other_kept", "both"]
    sums = headed.groupby(["side", "block", "part"])[counts].sum()
    whole = table[table["head"].isna() & table["kind"].eq("weight") & table["block"].ne("fc")]
    pd.testing.assert_frame_equal(
        sums, whole.set_index(["side", "block", "part"])[counts].sort_index(), check_dtype=False
    )


@settings(max_examples=25)
@given(pairs)
def test_exchanging_the_masks_changes_no_index(pair):
    mask, other = pair
    table, turned = mask_overlap(mask, other, HEADS), mask_overlap(other, mask, HEADS)
    pd.testing.assert_frame_equal(table[INDICES], turned[INDICES])
    assert not (table["above_chance"] > 1 + 1e-12).any()


def test_the_same_mask_and_a_nested_one_overlap_as_much_as_they_can():
    mask = random_mask(1)
    later = Mask({name: kept & random_mask(2).kept[name] for name, kept in mask.kept.items()})
    for other in (mask, later):
        known = mask_overlap(mask, other, HEADS)["above_chance"].dropna()
        assert len(known) > 30 and known.to_numpy() == pytest.approx(1)
    assert pool_overlap(mask_overlap(mask, mask, HEADS), ["layer"])["jaccard"].eq(1).all()
    assert pool_overlap(mask_overlap(mask, later, HEADS), ["layer"])["jaccard"].lt(0.7).all()


def test_what_is_full_or_empty_has_no_index_and_counts_nothing_in_a_sum():
    def keep(name: str) -> float:
        return 1.0 if "fc1" in name else 0.0 if "fc2" in name else 0.5

    mask, other = random_mask(1, keep), random_mask(2, keep)
    table = mask_overlap(mask, other, HEADS)
    assert table.loc[table["block"] == "fc", "above_chance"].isna().all()
    assert row(table, side="encoder", part="fc1")["jaccard"] == 1
    assert np.isnan(row(table, side="encoder", part="fc2")["jaccard"])
    full = Mask.full(mask.shapes)
    assert mask_overlap(mask, full, HEADS)["above_chance"].isna().all()
    table = table.assign(all=1)
    (all_parts,) = pool_overlap(table, ["all"])["above_chance"]
    (attention,) = pool_overlap(table[table["block"] != "fc"], ["all"])["above_chance"]
    assert all_parts == pytest.approx(attention)


def test_independent_masks_are_at_chance_and_spread_as_it_says():
    """Also where both spare the same tensors: that is allocation, no agreement within them."""

    def uneven(name: str) -> float:
        return 0.9 if "fc" in name else 0.1

    sizes = shapes(16, 32)
    above, spread, naive = [], [], []
    for seed in range(200):
        mask, other = (random_mask(2 * seed + i, uneven, sizes) for i in (0, 1))
        pooled = pool_overlap(mask_overlap(mask, other, HEADS).assign(all=1), ["all"]).iloc[0]
        above.append(pooled["above_chance"])
        spread.append(pooled["chance_sd"])
        chance = pooled["kept"] * pooled["other_kept"] / pooled["total"]
        naive.append((pooled["both"] - chance) / (pooled["kept"] - chance))
    # Of 200 pairs: 4 standard errors of the mean; the standard deviation within 4 of its own.
    assert abs(np.mean(above)) < 4 * np.mean(spread) / 200**0.5
    assert np.std(above) == pytest.approx(np.mean(spread), rel=4 / (2 * 200) ** 0.5)
    assert np.mean(naive) > 0.5


@pytest.mark.parametrize(("total", "kept", "other"), [(64, 8, 8), (64, 51, 9), (200, 27, 160)])
def test_the_jaccard_index_of_the_mean_overlap_is_nearly_its_mean(total, kept, other):
    chance = hypergeom(total, kept, other)
    mean = chance.expect(lambda both: both / (kept + other - both))
    draw = np.random.default_rng(1)
    masks = []
    for count in (kept, other):
        flags = np.zeros(total, dtype=bool)
        flags[draw.permutation(total)[:count]] = True
        masks.append(Mask({"encoder.layers.0.fc1.weight": flags.reshape(8, -1)}))
    (by_chance,) = mask_overlap(*masks, HEADS)["jaccard_chance"]
    assert 0 < mean - by_chance < 2 / total


def test_agreement_in_one_head_is_found_there():
    mask, other = random_mask(1, sizes=shapes(32)), random_mask(2, sizes=shapes(32))
    name = "decoder.layers.0.encoder_attn.out_proj.weight"
    other.kept[name][:, 8:16] = mask.kept[name][:, 8:16]
    table = mask_overlap(mask, other, HEADS)
    heads = range(1, 5)
    above = {n: row(table, block="enc-dec", part="o", head=n)["above_chance"] for n in heads}
    assert above.pop(2) == pytest.approx(1)
    assert max(map(abs, above.values())) < 0.3


def test_sums_keep_the_order_of_the_table_and_pairs_apart():
    table = mask_overlap(random_mask(1), random_mask(2), HEADS)
    assert list(table)[:6] == MODULE
    pooled = pool_overlap(table, ["side", "block"])
    assert list(pooled["block"]) == ["enc-self", "fc", "dec-self", "enc-dec", "fc"]
    assert list(pooled)[2:] == list(table)[6:]
    assert pooled["total"].sum() == random_mask(1).total
    both = pd.concat([table.assign(pair=1), table.assign(pair=2)])
    for _, rows in pool_overlap(both, ["pair", "side", "block"]).groupby("pair"):
        pd.testing.assert_frame_equal(rows.drop(columns="pair").reset_index(drop=True), pooled)


def test_masks_of_other_architectures_are_refused():
    mask = random_mask(1)
    less = Mask(dict(list(mask.kept.items())[1:]))
    with pytest.raises(InputError, match=r"the second mask .* has no parameter encoder"):
        mask_overlap(mask, less, HEADS)
    with pytest.raises(InputError, match="names more parameters"):
        mask_overlap(less, mask, HEADS)
    with pytest.raises(InputError, match="the shape"):
        mask_overlap(mask, random_mask(1, sizes=shapes(16)), HEADS)
