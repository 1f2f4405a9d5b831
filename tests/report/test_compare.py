"""A comparison as a reader gets it: the files, the summary, the page, and errors of one line."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from tests.recording import record_tables
from tests.report.compare_results import write
from ticketscope.errors import InputError
from ticketscope.report.compare.__main__ import main

CONFIG = {"experiment": "x", "rewinding": {"kind": "learning rate"}, "seeds": [1]}
VERSIONS = {"torch": "2.13.0"}


def provenance(name, kind):
    config = CONFIG | {"experiment": name, "rewinding": {"kind": kind}}
    return {"config": config, "versions": VERSIONS, "code": "abc"}


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def pair(here):
    """x, and y with other rewinding, whose magnitude tickets are worse."""
    write(Path("results/x"), provenance=provenance("x", "learning rate"))
    write(
        Path("results/y"),
        worse=0.2,
        last=3,
        claims=[("one", "contradicted"), ("two", "open"), ("<three>", "supported")],
        provenance=provenance("y", "weights"),
    )
    return main(["results/x", "results/y"])


def tables(name):
    folder = Path("results/compare") / name
    return {path.stem: pd.read_csv(path) for path in folder.glob("*.csv")}


MEASURED = ["bleu", "modules", "probes", "similarity", "attention_concentration", "spectra",
            "categories"]  # fmt: skip


def test_an_experiment_does_not_differ_from_itself(here):
    write(Path("results/x"), seeds=(1, 2, 3), provenance=provenance("x", "weights"))
    printed = main(["results/x", "results/x"])
    compared = tables("x-x")
    assert set(compared["claims"]["changed"]) == {"no"}
    for name in MEASURED:
        assert len(compared[name]) > 0
        assert (compared[name]["difference"] == 0).all(), name
        assert not compared[name]["verdict"].eq("differs").any(), name
    assert compared["changes"].empty and compared["unmatched"].empty
    assert "Configs, versions and code are the same." in printed
    assert "Of 2 verdicts on claims, 0 differ in B; whether the effects" in printed
    assert "all are equal." in printed and "Every row has a partner." in printed


def test_what_was_changed_comes_first(pair):
    changed = tables("x-y")["changes"].to_numpy().tolist()
    assert changed == [["config.rewinding.kind", "learning rate", "weights"]]
    assert pair.splitlines()[0] == (
        "Differences in how they were made: settings (1). rewinding.kind: learning rate in A, "
        "weights in B."
    )


def test_claims_that_changed_or_stand_alone(pair):
    claims = tables("x-y")["claims"]
    assert claims[["id", "verdict_a", "verdict_b", "changed"]].fillna("").to_numpy().tolist() == [
        ["one", "supported", "contradicted", "yes"],
        ["two", "open", "open", "no"],
        ["<three>", "", "supported", "only in B"],
    ]
    assert claims.loc[0, ["a", "b", "difference"]].tolist() == pytest.approx([0.51, 0.31, -0.2])
    # Of one seed: both sentence errors, and no verdict on the difference.
    assert claims.loc[0, "high"] - claims.loc[0, "low"] == pytest.approx(2 * 0.1 * 2**0.5)
    assert set(claims["verdict"]) == {"described"}
    assert "Of 2 verdicts on claims, 1 differ in B;" in pair
    assert "Judged only in B: 1." in pair


def test_effects_that_differ_over_seeds(here):
    write(Path("results/x"), seeds=(1, 2, 3))
    write(Path("results/y"), seeds=(4, 5, 6), worse=0.6)
    printed = main(["results/x", "results/y"])
    claims = tables("x-y")["claims"]
    assert claims["difference"].tolist() == pytest.approx([-0.6] * 2)
    assert set(claims["changed"]) == {"no"} and set(claims["verdict"]) == {"differs"}
    assert "of 2 effects that could be tested over seeds, 2 differ." in printed
    page = Path("results/compare/x-y/compare.html").read_text()
    assert "<code>two</code>" in page and "claims with the same verdict" not in page


def test_claims_about_behaviour_are_not_counted_with_the_papers(pair):
    assert 'id="extension"' not in Path("results/compare/x-y/compare.html").read_text()
    for name in "xy":
        folder = Path(f"results/{name}/tables")
        shutil.copy(folder / "claims.csv", folder / "extension_claims.csv")
        shutil.copy(folder / "claim_effects.csv", folder / "extension_effects.csv")
    assert main(["results/x", "results/y"]) == pair
    compared = tables("x-y")
    pd.testing.assert_frame_equal(compared["extension_claims"], compared["claims"])
    page = Path("results/compare/x-y/compare.html").read_text()
    assert 'id="extension"' in page and 'href="extension_claims.csv"' in page


def test_every_table_has_its_differences(pair):
    compared = tables("x-y")
    bleu = compared["bleu"].set_index(["series", "ticket"])
    assert bleu.loc[("dense", "LTH0"), "difference"] == 0
    worse = bleu.loc[("magnitude", "LTH1")]
    assert worse["high"] < 0 and worse["interval"] == "test items"
    assert worse["sparsity_a"] == worse["sparsity_b"] == 0.5
    probes = compared["probes"].set_index(["series", "ticket"]).loc[("magnitude", "LTH2")]
    assert probes["high"] < 0 and probes["interval"] == "test items"
    assert (probes["layer_a"], probes["layer_b"]) == (1, 1)
    similar = compared["similarity"].set_index(["series", "ticket"]).loc[("magnitude", "LTH1")]
    assert similar["difference"] == pytest.approx(-0.2)
    assert similar["high"] - similar["low"] == pytest.approx(2 * 0.02 * 2**0.5)
    assert similar["interval"] == "test items"
    modules = compared["modules"].set_index(["series", "ticket"]).loc[("magnitude", "LTH1")]
    assert (modules["a"], modules["b"]) == (0.5, 0.51)  # weights of both heads, no biases
    assert pd.isna(modules["low"]) and modules["verdict"] == "described"
    share = compared["attention_concentration"].set_index(["series", "ticket"])
    assert share.loc[("magnitude", "LTH1"), "difference"] == pytest.approx(0.2)
    spectra = compared["spectra"].set_index(["series", "ticket"]).loc[("magnitude", "LTH1")]
    assert (spectra["a"], spectra["b"]) == (8, 8)  # .8 of 10 components, and .8 of 9 rounded up
    assert compared["categories"]["difference"].min() == pytest.approx(-0.2)


def test_what_has_no_partner_is_counted_and_named(pair):
    alone = tables("x-y")["unmatched"]
    assert set(alone["only_in"]) == {"B"}
    assert set(alone["why"]) == {"ticket LTH3 of B"}
    assert set(alone["table"]) == set(MEASURED)
    assert f"{len(alone)} rows have no partner: {len(alone)} only in B" in pair


def test_other_seeds_are_compared_by_their_means(here):
    write(Path("results/x"), seeds=(1, 2, 3))
    write(Path("results/y"), seeds=(4, 5, 6), worse=0.2)
    printed = main(["results/x", "results/y"])
    bleu = tables("x-y")["bleu"]
    assert set(bleu["seeds_a"]) == {"1; 2; 3"} and set(bleu["seeds_b"]) == {"4; 5; 6"}
    assert set(bleu["interval"]) == {"seeds, test items"}
    assert (bleu.loc[bleu["series"] == "magnitude", "high"] < 0).all()
    differs = set(bleu.loc[bleu["verdict"] == "differs", "series"])
    assert differs == {"magnitude"} and "could be tested over seeds" in printed
    assert "by chance" not in printed
    assert "Every row has a partner." in printed


def test_without_provenance_it_is_said_that_the_settings_are_not_known(here):
    write(Path("results/x"))
    write(Path("results/y"), provenance=provenance("y", "weights"))
    printed = main(["results/x", "results/y"])
    assert printed.startswith("What was changed is unknown: no provenance.json in A (results/x).")
    assert tables("x-y")["changes"].empty


def test_without_claims_or_probes_the_rest_is_compared(here):
    write(Path("results/x"))
    write(Path("results/y"), keep=False)
    for name in ("claims", "probes"):
        Path(f"results/y/tables/{name}.csv").unlink()
    Path("results/y/tables/claim_effects.csv").unlink()
    printed = main(["results/x", "results/y"])
    assert "No claims can be compared: no tables/claim_effects.csv in B." in printed
    compared = tables("x-y")
    assert set(compared["claims"]["changed"]) == {"only in A"}
    assert set(compared["unmatched"]["why"]) == {"no table probes.csv"}
    assert compared["bleu"]["low"].isna().all()  # B's resamples are gone


def test_the_page_needs_nothing_but_itself(pair):
    page = Path("results/compare/x-y/compare.html").read_text()
    assert not re.findall(r"<(?:script |img|iframe)|https?:|@import|url\(", page)
    links = set(re.findall(r'href="([^"]+)"', page)) - {"data:,"}
    for link in links:
        if link.startswith("#"):
            assert f'id="{link[1:]}"' in page
        else:
            assert (Path("results/compare/x-y") / link).is_file()
    assert {f"{name}.csv" for name in (*MEASURED, "claims", "changes", "unmatched")} <= links
    assert "prefers-color-scheme: dark" in page
    assert '<meta name="viewport" content="width=device-width, initial-scale=1">' in page


def test_the_page_says_what_the_files_say(pair):
    page = Path("results/compare/x-y/compare.html").read_text()
    for line in pair.splitlines()[:-1]:
        assert line in page.replace("&#39;", "'")
    assert "&lt;three&gt;" in page and "<three>" not in page
    assert "The &lt;one&gt; claim." in page
    first = page.index("&lt;one&gt;")
    assert first < page.index("1 claims with the same verdict in both") < page.index("&lt;two&gt;")
    bleu = tables("x-y")["bleu"].set_index(["series", "ticket"]).loc[("magnitude", "LTH1")]
    assert f"<td>{bleu['difference']:+.2f}</td>" in page
    assert f">{bleu['low']:.2f} to {bleu['high']:.2f}</span>" in page


def test_long_tables_are_cut_on_the_page_and_whole_in_the_file(here):
    write(Path("results/x"), last=60, fraction=0.03, keep=False)
    write(Path("results/y"), last=60, fraction=0.03, worse=0.01, keep=False)
    main(["results/x", "results/y"])
    assert len(tables("x-y")["spectra"]) == 121
    page = Path("results/compare/x-y/compare.html").read_text()
    assert re.search(r"Shown are 100 of\s+121 rows", page)


def test_the_same_input_gives_the_same_bytes(pair):
    folder = Path("results/compare/x-y")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    main(["results/x", "results/y"])
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "give two folders of results: make compare A=results/x B=results/y"),
        (["", "results/x"], "give two folders"),
        (["results/x", "results/none"], "results/none: no such folder"),
        (["results/x", "results/empty"], r"results/empty: has no tables/\*\.csv"),
    ],
)
def test_a_wrong_folder_is_one_clear_line(here, arguments, said):
    write(Path("results/x"))
    Path("results/empty/tables").mkdir(parents=True)
    with pytest.raises(InputError, match=said) as error:
        main(arguments)
    assert "\n" not in str(error.value)


def test_a_table_of_another_version_is_one_clear_line(here):
    path = write(Path("results/x")) / "tables/table_a1.csv"
    pd.read_csv(path).drop(columns=["bleu"]).to_csv(path, index=False)
    with pytest.raises(InputError, match=r"table_a1\.csv: has no column bleu;"):
        main(["results/x", "results/x"])


def test_provenance_that_is_no_json_is_one_clear_line(here):
    (write(Path("results/x")) / "provenance.json").write_text("{")
    with pytest.raises(InputError, match=r"results/x/provenance\.json, line 1: not JSON"):
        main(["results/x", "results/x"])


@pytest.fixture
def makefile(here, root):
    """Makefile alone, with an environment that passes for installed."""
    shutil.copy(root / "Makefile", here)

    def make(*arguments):
        return subprocess.run(
            ["make", "--no-print-directory", "--assume-old=.venv/.installed", "compare",
             f"python={sys.executable}", *arguments],
            capture_output=True, text=True, check=False, cwd=here,
        )  # fmt: skip

    return make


def test_make_compare_hands_over_both_folders(here, makefile):
    write(here / "results/a name with spaces")
    done = makefile("A=results/a name with spaces", "B=results/a name with spaces")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1].endswith("a name with spaces/compare.html")


def test_make_compare_without_folders_says_what_to_give(makefile):
    done = makefile()
    assert done.returncode != 0
    assert done.stderr.splitlines()[0].startswith("error: give two folders of results")


def test_make_compare_runs_nothing_that_a_folders_name_says(here, makefile):
    done = makefile('A=x"; touch broken; echo "', "B=`touch broken`$$(touch broken)")
    assert done.stderr.startswith('error: x"; touch broken; echo ": no such folder')
    assert not (here / "broken").exists()


def test_markup_in_names_stays_text(here):
    attack = "<img src=x onerror=alert(1)>"
    claims = [("one" + attack, "supported"), ("two", "open")]
    for name in ("x", "y" + attack):
        folder = write(
            Path("results", name),
            worse=0.2 * (name != "x"),
            claims=claims,
            provenance=provenance(name, name),
        )
        for table, columns in (
            ("probes", ["task", "group"]), ("categories", ["category", "kind"]),
            ("similarity", ["module"]),
        ):  # fmt: skip
            path = folder / f"tables/{table}.csv"
            rows = pd.read_csv(path)
            rows.assign(**{n: rows[n] + attack for n in columns}).to_csv(path, index=False)
        record_tables(folder)
    main(["results/x", f"results/y{attack}"])
    (path,) = Path("results/compare").glob("*/compare.html")
    page = path.read_text()
    assert page.count("&lt;img src=x onerror=alert(1)&gt;") > 5
    assert "<img" not in page
