"""What fits together becomes one config; what does not is refused in one line."""

import json
import shutil

import pytest

from tests.joined.experiments import CODE, SCORED, TABLES, rewrite, write
from tests.recording import record_tables
from tests.test_config import leaves
from ticketscope.config import validate
from ticketscope.errors import InputError
from ticketscope.joined.parts import other_code, read_part, resolve, table_names
from ticketscope.plan import overview
from ticketscope.plan.experiment import Plan
from ticketscope.results import load

SERIES = {"magnitude": {"criterion": "magnitude"}}
COST = {"rule": "x", "jobs": 2, "wall_s": 1, "cpu_s": 1.0, "gpu_s": 0.0, "peak_mib": 9.5}
RECIPE = {"training": {"lr": 0.004}, "pruning": {"iterations": 3, "series": SERIES}}


def join(*parts, **settings):
    return resolve(validate({"experiment": "both", "joined": [str(p) for p in parts], **settings}))


def refusal(*parts, **settings):
    with pytest.raises(InputError) as raised:
        join(*parts, **settings)
    (line,) = str(raised.value).splitlines()
    return line


def test_an_experiment_that_joins_nothing_is_as_it_was():
    config = validate({"seeds": [4, 2]})
    assert resolve(config) == (config, [])


def test_a_joined_experiment_has_the_recipe_of_its_parts_and_all_their_seeds(folder):
    parts = write(folder / "b", [5, 1], **RECIPE), write(folder / "a", [3], **RECIPE)
    config, read = join(*parts, mirror="/mine")
    assert config.seeds == [1, 3, 5] and config.experiment == "both" and config.mirror == "/mine"
    assert config.joined == [str(part) for part in parts]
    recorded = json.loads((folder / "a/provenance.json").read_text())["config"]
    names = ("experiment", "seeds", "joined", "mirror")
    assert config.model_dump(mode="json") == recorded | {n: getattr(config, n) for n in names}
    assert [part.seeds for part in read] == [[5, 1], [3]]


def test_settings_that_the_parts_have_may_be_said_again(folder):
    config, _ = join(write(folder / "a", [1], **RECIPE), training={"lr": 0.004}, seeds=[1])
    assert config.training.lr == 0.004


@pytest.mark.parametrize(
    "more",
    [
        {"mirror": "/elsewhere"},
        {"representations": {"keep": True, "texts": {"mine": "mine.txt"}}},
        {"probing": {"folder": "/elsewhere", "keep_weights": True}},
        {"training": {"lr": 0.004, "log_interval": 7, "save_interval_updates": 9}},
    ],
)
def test_settings_that_decide_no_number_may_differ(folder, more):
    join(write(folder / "a", [1], **RECIPE), write(folder / "b", [2], **RECIPE | more))


def test_no_other_setting_may_differ(folder):
    part = read_part(write(folder / "a", [1], representations={"texts": {"mine": "mine.txt"}}))
    assert {*leaves(part.config.model_dump(mode="json"))} - {*part.settings} == {
        "experiment", "seeds", "joined", "mirror", "training.log_interval",
        "training.save_interval_updates", "external_tickets.data", "external_tickets.codes",
        "external_tickets.tickets", "representations.keep", "representations.texts.mine",
        "probing.folder", "probing.keep_weights",
    }  # fmt: skip


def test_every_table_of_observations_is_part_of_an_experiment():
    more = {"corpus": {"tests": {"more": "toy"}}, "scoring": {"comet": {"model": "comet.ckpt"}}}
    known = [*TABLES, *(name.format(seed=3) for name in SCORED)]
    assert sorted(table_names(validate({"seeds": [3]}), probed=["POS"])) == sorted(known)
    known += ["further_tests.csv", "further_words.csv", "further_lengths.csv"]
    known += ["further_decoding.csv", "comet.csv"]
    assert sorted(table_names(validate({"seeds": [3]} | more), probed=["POS"])) == sorted(known)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"training": {"lr": 0.005}}, "settings: training.lr is 0.005 here, 0.004 there"),
        (
            {"pruning": {"iterations": 3, "series": SERIES | {"mine": {"criterion": "random"}}}},
            "settings: pruning.series.mine.criterion is random here, not given there",
        ),
        ({"probing": {"tasks": ["POS"]}}, "settings: probing.tasks is ['POS'] here, all there"),
    ],
)
def test_other_settings_are_named(folder, more, said):
    line = refusal(write(folder / "a", [1], **RECIPE), write(folder / "b", [2], **RECIPE | more))
    assert line.startswith(
        f"config error: joined: {folder}/b differs from {folder}/a in its {said}"
    )


@pytest.mark.parametrize(
    ("record", "said"),
    [
        ({"training_version": 2}, "way of training: TRAINING_VERSION is 2 here, 1 there"),
        (
            {"probing": {"tasks": ["POS", "NER"], "skipped": {}, "data": []}},
            "probing tasks: NER is probed here, not given there",
        ),
    ],
)
def test_another_training_and_other_tasks_are_named(folder, record, said):
    line = refusal(write(folder / "a", [1]), write(folder / "b", [2], record=record))
    assert line == f"config error: joined: {folder}/b differs from {folder}/a in its {said}"


def test_another_text_is_named(folder):
    parts = write(folder / "a", [1]), write(folder / "b", [2])
    rewrite(folder / "b/tables/corpus.csv", checksum=["sha256:12", "sha256:35"])
    assert refusal(*parts).endswith(
        "b differs from "
        f"{folder}/a in its corpus: test.en checksum is sha256:35 here, sha256:34 there"
    )


def test_a_seed_that_occurs_twice_is_named(folder):
    parts = write(folder / "a", [1, 2]), write(folder / "b", [3]), write(folder / "c", [4, 2])
    assert refusal(*parts).endswith(f"joined: {folder}/c and {folder}/a both have seed 2")


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"training": {"lr": 0.003}}, "training.lr is 0.003 here, 0.004 there"),
        ({"seeds": [1, 2]}, "seeds is [1, 2] here, [1] there"),
    ],
)
def test_a_setting_that_the_parts_do_not_have_is_named(folder, settings, said):
    line = refusal(write(folder / "a", [1], **RECIPE), **settings)
    assert line == (
        f"config error: the config differs from the experiments in joined ({folder}/a): {said}; "
        "leave it out"
    )


def test_what_is_no_finished_experiment_is_named(folder):
    part = write(folder / "a", [1])
    assert f"{folder}/b/provenance.json does not exist: name the" in refusal(part, folder / "b")
    write(folder / "c", [2], record={"config": {"seeds": [2], "sseeds": [1]}})
    assert "c/provenance.json: config error: unknown key sseeds" in refusal(part, folder / "c")
    (folder / "c/provenance.json").write_text("{")
    assert f"{folder}/c/provenance.json, line 1: not JSON" in refusal(part, folder / "c")
    (folder / "c/provenance.json").write_text("{}")
    assert f"{folder}/c is of an earlier version" in refusal(part, folder / "c")
    (folder / "a/tables/bleu/seed1.resamples.csv").unlink()
    assert f"{folder}/a/tables/bleu/seed1.resamples.csv does not exist" in refusal(part)


@pytest.mark.parametrize(
    ("record", "said"),
    [
        ({"config": []}, "provenance.json: config: Input should be a valid dictionary"),
        ({"probing": {}}, "provenance.json: probing.tasks: Field required"),
        ({"probing": {"tasks": "POS"}}, "probing.tasks: Input should be a valid list"),
        ({"probing": {"tasks": ["POS"]}}, "probing.skipped: Field required"),
        ({"config": {}}, "config.seeds: Field required"),
        ({"joined": 5}, "joined: Input should be a valid list"),
        ({"joined": [{}]}, "joined.0.folder: Field required"),
        ({"rules": [{"rule": "x"}]}, "rules.0.jobs: Field required"),
        ({"rules": [COST | {"jobs": "2"}]}, "rules.0.jobs: Input should be a valid integer"),
        ({"rules": [COST | {"wall_s": []}]}, "rules.0.wall_s: Input should be a valid number"),
        ({"measured_by": [1]}, "measured_by: Input should be a valid dictionary"),
        ({"code": {"ticketscope": "1"}}, "code.commit: Field required"),
        ({"tables": []}, "the record of its tables in provenance.json is damaged"),
        ({"tables": {"format": 1}}, "the record of its tables in provenance.json is damaged"),
        ({"tables": {"format": 9, "sha256": {}}}, "tables of format 9, this version"),
    ],
)
def test_a_record_that_is_damaged_is_one_line(folder, record, said):
    assert said in refusal(write(folder / "a", [1], record=record), write(folder / "b", [2]))


@pytest.mark.parametrize("text", ["3", '"training_version"', "null", "[]", '{"a":' * 5000])
def test_what_is_no_record_at_all_is_one_line(folder, text):
    part = write(folder / "a", [1])
    (part / "provenance.json").write_text(text)
    assert "a/provenance.json" in refusal(part)


def test_a_corpus_table_that_is_no_text_is_one_line(folder):
    part = write(folder / "a", [1])
    (part / "tables/corpus.csv").write_bytes(b"split,language\n\xff\xfe\n")
    record_tables(part)
    assert "a/tables/corpus.csv: truncated or damaged" in refusal(part)


def test_a_folder_that_snakemake_takes_for_a_pattern_is_refused(folder):
    line = refusal(write(folder / "{seed}/a", [1]))
    assert line.startswith(f"config error: joined: {folder}/{{seed}}/a: Snakemake takes a brace")


def test_a_task_that_there_is_not_is_named(folder):
    probing = {"tasks": ["../../POS"], "skipped": {}, "data": []}
    config, parts = join(write(folder / "a", [1], record={"probing": probing}))
    with pytest.raises(InputError, match=r"joined: unknown task \.\./\.\./POS; known: POS"):
        Plan(config, parts[0].tasks)


def test_probes_are_asked_for_only_where_something_was_probed(folder):
    part = write(folder / "a", [1])
    (part / "tables/probe_statistics.npz").unlink()
    assert "probe_statistics.npz does not exist" in refusal(part)
    shutil.rmtree(part)
    write(part, [1], record={"probing": {"tasks": [], "skipped": {}, "data": []}})
    (part / "tables/probe_statistics.npz").unlink()
    join(part)


def test_an_experiment_with_tickets_is_not_overwritten(folder):
    part = write(folder / "a", [1])
    (folder / "results/both/tickets").mkdir(parents=True)
    assert "results/both is an experiment with tickets of its own" in refusal(part)
    shutil.rmtree(folder / "results")
    inside = write(folder / "results/both", [1]).relative_to(folder)
    assert "results/both is an experiment with tickets of its own" in refusal(inside)


def test_tickets_trained_elsewhere_are_joined_by_name(folder):
    def external(seed, *ks):
        tickets = [{"seed": seed, "series": "magnitude", "k": k, "checkpoint": f"{k}"} for k in ks]
        dense = {"seed": seed, "series": "dense", "k": 0, "checkpoint": "dense.pt"}
        return {
            "external_tickets": {"data": f"/{seed}", "codes": "c", "tickets": [dense, *tickets]}
        }

    parts = [write(folder / f"{seed}", [seed], **external(seed, 1, 2)) for seed in (1, 2)]
    config, _ = join(*parts)
    assert [name.seed for name in Plan(config, ["POS"]).tickets] == [1, 1, 1, 2, 2, 2]
    other = write(folder / "3", [3], **external(3, 1))
    assert "external_tickets is dense LTH0, magnitude LTH1 here, dense" in refusal(*parts, other)


def test_data_of_the_parts_need_not_be_here(folder):
    mine = {
        "corpus": {split: {"src": "no.en", "tgt": "no.de"} for split in ("train", "valid", "test")},
        "probing": {
            "own": {"Mine": {"format": "tagged", "train": "no", "dev": "no", "test": "no"}}
        },
    }
    record = {"probing": {"tasks": ["POS", "Mine"], "skipped": {}, "data": []}}
    config, parts = join(write(folder / "a", [1], record=record, **mine))
    assert list(Plan(config, parts[0].tasks).probing.tasks) == ["POS", "Mine"]


def test_other_code_is_told_by_rule():
    part = {"measured_by": CODE | {"probe": ["c" * 64]}}
    assert other_code(part, {"measured_by": CODE}) == ["probe"]
    assert other_code({"measured_by": CODE}, {"measured_by": CODE}) == []


def test_a_notebook_reads_the_tables_of_an_experiment_without_tickets(folder):
    part = write(folder / "a", [1])
    with pytest.raises(InputError, match="a holds no ticket of an experiment"):
        load(part)
    (part / "tables/claims.csv").write_text("id,verdict\nbleu,open\n")
    record_tables(part)
    results = load(part)
    assert results.claims["verdict"].to_dict() == {"bleu": "open"}
    with pytest.raises(InputError, match="a has only tables: load the experiments that it joins"):
        results.ticket()


def test_nothing_is_watched(folder, monkeypatch):
    (folder / "joined.yaml").write_text("experiment: both\njoined: [a, b]\n")
    monkeypatch.setattr("sys.argv", ["overview", "joined.yaml", "--once"])
    with pytest.raises(SystemExit, match="a joined experiment trains nothing"):
        overview.main()
