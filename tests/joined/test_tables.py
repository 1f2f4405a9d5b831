"""Tables joined seed by seed, digit by digit."""

import io
import zipfile

import numpy as np
import pytest

from tests.joined.experiments import rewrite, write
from ticketscope.errors import InputError
from ticketscope.joined.tables import SHARED, join


@pytest.fixture
def parts(tmp_path):
    return {write(tmp_path / "a", [1, 3]): [1, 3], write(tmp_path / "b", [2]): [2]}


def joined(parts, name, tmp_path):
    output = tmp_path / "both" / name
    join({folder / "tables" / name: seeds for folder, seeds in parts.items()}, output)
    return output


def test_rows_are_in_the_order_of_seeds_and_keep_every_digit(parts, tmp_path):
    lines = joined(parts, "sparsity.csv", tmp_path).read_text().splitlines()
    expected = [f"{seed},LTH{k},{seed}.{k}000,," for seed in (1, 2, 3) for k in (0, 1)]
    assert lines == ["seed,ticket,value,layer,low", *expected]


def test_the_same_experiments_in_another_order_give_the_same_bytes(parts, tmp_path):
    for name in ("categories.csv", "neuron_maxima.npz"):
        first = joined(parts, name, tmp_path).read_bytes()
        turned = dict(reversed(parts.items()))
        assert joined(turned, name, tmp_path).read_bytes() == first


@pytest.mark.parametrize("name", SHARED)
def test_a_table_about_texts_is_copied_if_all_have_the_same(parts, tmp_path, name):
    output = joined(parts, name, tmp_path)
    assert output.read_bytes() == (tmp_path / "a/tables" / name).read_bytes()
    path = tmp_path / "b/tables" / name
    path.write_text(path.read_text().replace("0", "1"))
    with pytest.raises(InputError, match=rf"b/tables/{name}: its rows differ from those of .*/a/"):
        joined(parts, name, tmp_path)


def test_a_table_that_has_lost_its_seeds_is_named(parts, tmp_path):
    """A spreadsheet saved it with semicolons: all of it would have been the first part's."""
    for part in "ab":
        path = tmp_path / part / "tables/cost.csv"
        path.write_text(path.read_text().replace(",", ";"))
    with pytest.raises(InputError, match=r"a/tables/cost\.csv: has no column seed: copy it from"):
        joined(parts, "cost.csv", tmp_path)


def test_arrays_are_in_the_order_of_seeds(parts, tmp_path):
    with np.load(joined(parts, "neuron_maxima.npz", tmp_path)) as arrays:
        names = [name for name in arrays.files if name.endswith("x")]
        assert names == [f"seed{seed}/dense/LTH0/x" for seed in (1, 2, 3)]
        assert [arrays[name][0] for name in names] == [1, 2, 3]


def test_other_columns_are_named(parts, tmp_path):
    rewrite(tmp_path / "b/tables/spectra.csv", more=1)
    with pytest.raises(
        InputError, match=r"b/tables/spectra.csv: its columns are not those of .*/a/"
    ):
        joined(parts, "spectra.csv", tmp_path)


@pytest.mark.parametrize("name", ["spectra.csv", "neuron_maxima.npz"])
def test_tables_of_other_seeds_than_their_provenance_are_named(parts, tmp_path, name):
    with pytest.raises(InputError, match=rf"b/tables/{name} has the seeds \[2\], its .* \[4\]"):
        joined(parts | {tmp_path / "b": [4]}, name, tmp_path)


@pytest.mark.parametrize(
    "name",
    [
        "mask_overlap.csv", "segments.csv", "barriers.csv", "categories.csv", "probabilities.csv",
        "flips.csv", "flip_resamples.csv",
    ],
)  # fmt: skip
def test_comparisons_may_leave_a_seed_out_but_name_no_other(parts, tmp_path, name):
    """The first seed has no earlier one, and an experiment may have nothing to pair."""
    header = "seed,other_seed,both\n"
    (tmp_path / "a/tables" / name).write_text(f"{header}3,1,007\n")
    (tmp_path / "b/tables" / name).write_text(header)
    assert joined(parts, name, tmp_path).read_text() == f"{header}3,1,007\n"
    (tmp_path / "b/tables" / name).write_text(f"{header}4,2,5\n")
    with pytest.raises(InputError, match=rf"b/tables/{name} has the seeds \[4\]"):
        joined(parts, name, tmp_path)


def test_probes_of_other_test_instances_are_named(parts, tmp_path):
    path = tmp_path / "b/tables/probe_statistics.npz"
    with np.load(path) as saved:
        arrays = {name: saved[name] for name in saved.files}
    arrays["seed2/POS/linear/test"] = np.array([7, 9], np.uint8)
    np.savez_compressed(path, **arrays)
    with pytest.raises(
        InputError, match=r"b/tables/.*: probes of POS were tested on other inst.*/a/"
    ):
        joined(parts, "probe_statistics.npz", tmp_path)


@pytest.mark.parametrize(
    "content", [b"", b"seed,ticket,value,layer,low\nx,1,2,3,4\n", b"seed\n\xff\n", b'seed\n"1\n']
)
def test_a_table_that_cannot_be_read_is_one_line(parts, tmp_path, content):
    (tmp_path / "b/tables/spectra.csv").write_bytes(content)
    with pytest.raises(InputError, match=r"b/tables/spectra\.csv(: truncated|: its columns)"):
        joined(parts, "spectra.csv", tmp_path)


def test_arrays_that_cannot_be_read_are_one_line(parts, tmp_path):
    path = tmp_path / "b/tables/neuron_maxima.npz"
    for arrays in ({"seedx/dense": np.ones(1)}, {"seed2/dense": np.array([{}], dtype=object)}):
        np.savez(path, **arrays)
        with pytest.raises(InputError, match=r"b/tables/neuron_maxima\.npz: truncated or damaged"):
            joined(parts, "neuron_maxima.npz", tmp_path)
    with path.open("wb") as stream:
        np.save(stream, np.ones(3))
    with pytest.raises(InputError, match=r"b/tables/neuron_maxima\.npz: truncated or damaged"):
        joined(parts, "neuron_maxima.npz", tmp_path)
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(InputError, match=r"b/tables/neuron_maxima\.npz: truncated or damaged"):
        joined(parts, "neuron_maxima.npz", tmp_path)


def header(entries):
    stream = io.BytesIO()
    layout = {"descr": "<f8", "fortran_order": False, "shape": (entries,)}
    np.lib.format.write_array_header_1_0(stream, layout)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("entries", "content", "said"),
    [
        (10**15, b"", "its arrays do not fit into memory"),
        (9, bytes(2 << 20), "has more than 0 GiB of arrays"),
    ],
)
def test_arrays_that_would_fill_memory_are_refused(
    parts, tmp_path, monkeypatch, entries, content, said
):
    monkeypatch.setattr("ticketscope.joined.tables._MAX_BYTES", 1 << 20)
    path = tmp_path / "b/tables/neuron_maxima.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("seed2/x.npy", header(entries) + content)
    with pytest.raises(InputError, match=rf"b/tables/neuron_maxima\.npz: {said}"):
        joined(parts, "neuron_maxima.npz", tmp_path)
