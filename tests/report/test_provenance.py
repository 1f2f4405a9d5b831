"""Where numbers come from: read off logs as Snakemake and our jobs leave them."""

import json

import pytest

from ticketscope.behaviour.registry import find as find_contrasts
from ticketscope.config import validate
from ticketscope.corpus.registry import find
from ticketscope.report.provenance import joined, licences, provenance
from ticketscope.runtime.machine import has_gpu, machine

CPU = "A processor, 2 cores, 3 GiB, no GPU"
GPU = "A processor, 2 cores, 3 GiB, 2 x NVIDIA H100"


def leave(logs, name, first, *records, rest="more"):
    path = logs / f"{name}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{json.dumps(record)}\n" for record in records))
    if first is not None:
        path.with_suffix(".log").write_text(f"{first}\n{rest}\n")


def record(rule, s=10.0, cpu=5.0, rss=1024.0, **resources):
    return {"rule_name": rule, "s": s, "cpu_time": cpu, "max_rss": rss, "resources": resources}


@pytest.fixture
def found(tmp_path):
    leave(tmp_path, "tickets/LTH1/retrain", f"machine: {GPU}", record("retrain", gpu=1))
    leave(tmp_path, "tickets/LTH2/retrain", f"machine: {GPU}", record("retrain"),
          record("retrain", s=20.0, cpu=7.0, rss=2048.0, gpu=2))  # fmt: skip
    leave(tmp_path, "tables/bleu", f"machine: {CPU}", record("score", cpu="NA", gpu=1))
    leave(tmp_path, "tables/old", "an older log", {"s": 1.0, "cpu_time": 0.5, "max_rss": 10.0})
    leave(tmp_path, "tables/lost", None, record("claims"))
    return provenance(validate({}), tmp_path, {"plot": {"code": "1"}})


def test_costs_are_summed_by_rule_from_each_jobs_last_record(found):
    rules = {rule["rule"]: rule for rule in found["rules"]}
    assert rules["retrain"] == {
        "rule": "retrain", "jobs": 2, "wall_s": 30.0, "cpu_s": 12.0, "gpu_s": 50.0,
        "peak_mib": 2048.0,
    }  # fmt: skip
    assert next(iter(rules)) == "retrain"
    assert rules["score"]["cpu_s"] == 0 and rules["not recorded"]["jobs"] == 1


def test_a_training_costs_what_all_its_pieces_took(tmp_path):
    pieces = "".join(
        f"earlier attempt: {wall} s, {cpu} s of CPU, on {place}\n"
        for wall, cpu, place in ((172500.5, 344000.2, GPU), (100.0, 90.0, CPU))
    )
    leave(tmp_path, "train", f"machine: {GPU}", record("train_dense", gpu=2), rest=pieces)
    [rule] = provenance(validate({}), tmp_path, {})["rules"]
    assert rule["jobs"] == 1
    assert (rule["wall_s"], rule["cpu_s"]) == (172610.5, 344095.2)
    assert rule["gpu_s"] == 2 * (10 + 172500.5)


def test_a_gpu_counts_only_where_there_was_one(found):
    rules = {rule["rule"]: rule for rule in found["rules"]}
    assert rules["score"]["gpu_s"] == 0
    assert found["machines"] == {CPU: 1, GPU: 2, "not recorded, no GPU": 2}


def test_config_versions_and_code_are_whole(found):
    assert found["config"] == validate({}).model_dump(mode="json")
    assert found["versions"]["torch"].startswith("2.") and found["versions"]["snakemake"]
    assert found["made_by"] == {"plot": {"code": "1"}}
    json.dumps(found)


def test_every_text_has_its_licence():
    config = validate(
        {
            "corpus": {"train": ["multi30k", {"src": "a.en", "tgt": "a.de"}], "valid": "toy",
                       "test": "multi30k"},
            "probing": {"suite": "free"},
            "contrasts": {"toy": "toy", "senses": "mlt",
                          "mine": {"format": "tsv", "file": "mine.tsv"}},
        }
    )  # fmt: skip
    by_name = {name: licence for name, licence, _ in licences(config)}
    assert by_name["multi30k"] == find("multi30k").licence
    assert by_name["a.en, a.de"].startswith("your own")
    assert by_name["contrast set senses"] == find_contrasts("mlt").licence
    assert by_name["contrast set mine"].startswith("your own")
    # The grammar's set is scored where train is the grammar's text alone.
    assert "contrast set toy" not in by_name
    assert list(by_name)[-1] == "probing tasks (free)" and len(by_name) == 6
    toy = {name: licence for name, licence, _ in licences(validate({}))}
    assert toy["contrast set toy"] == toy["toy"]


def test_this_machine_is_told_without_its_name():
    said = machine()
    assert " cores, " in said and " GiB, " in said
    assert has_gpu(GPU) and not has_gpu(CPU)


def part(seeds, **more):
    """What an experiment of these seeds left."""
    return {
        "code": {"ticketscope": "1.2.3", "commit": None},
        "versions": {"torch": "9.9", "numpy": "1"},
        "machines": {CPU: 3},
        "rules": [
            {"rule": "retrain", "jobs": 2, "wall_s": 9.0, "cpu_s": 50.0, "gpu_s": 1.0,
             "peak_mib": 20.0 * len(seeds)},
        ],
        "probing": {"tasks": ["POS"], "skipped": {"CCG": "missing"}, "data": []},
        "training_version": 1,
        "measured_by": {"probe": ["a"], "score": ["c"]},
        "config": {"seeds": seeds},
    } | more  # fmt: skip


def test_joined_experiments_add_what_they_took_and_say_how_they_differ(found):
    other = {"versions": {"torch": "9.8", "numpy": "1"}, "machines": {GPU: 1}}
    # A later version may have other rules.
    other["measured_by"] = {"probe": ["b"], "score": ["c"], "new": ["d"]}
    first = part([1, 2])
    first["measured_by"] |= {"old": ["e"]}
    record = joined(found, {"x": first, "y": part([3], **other)})
    rules = {rule["rule"]: rule for rule in record["rules"]}
    assert rules["retrain"] == {
        "rule": "retrain", "jobs": 6, "wall_s": 48.0, "cpu_s": 112.0, "gpu_s": 52.0,
        "peak_mib": 2048.0,
    }  # fmt: skip
    assert rules["claims"]["jobs"] == 1 and next(iter(rules)) == "retrain"
    assert record["machines"] == {CPU: 4, GPU: 3, "not recorded, no GPU": 2}
    assert record["probing"]["skipped"] == {"CCG": "missing"} and record["training_version"] == 1
    codes = {"probe": ["a", "b"], "score": ["c"], "old": ["e"], "new": ["d"]}
    assert record["measured_by"] == codes
    assert [row["folder"] for row in record["joined"]] == ["x", "y"]
    assert record["joined"][0]["seeds"] == "1, 2" and record["joined"][0]["other code"] == ""
    assert record["joined"][1]["other versions"] == "torch 9.8"
    assert record["joined"][1]["other code"] == "probe, new, old"
    assert record["joined"][1]["machines"] == GPU
    assert "joined" not in found
    json.dumps(record)


def test_an_experiment_joined_of_joined_ones_names_those_that_trained(found):
    first = joined(found, {"x": part([1]), "y": part([2])}) | {"config": {"seeds": [1, 2]}}
    record = joined(found, {"xy": first, "z": part([3])})
    assert [row["folder"] for row in record["joined"]] == ["xy: x", "xy: y", "z"]
    assert [row["seeds"] for row in record["joined"]] == ["1", "2", "3"]
