"""Where numbers come from: read off logs as Snakemake and our jobs leave them."""

import json

import pytest

from ticketscope.config import validate
from ticketscope.corpus.registry import find
from ticketscope.report.provenance import licences, provenance
from ticketscope.runtime.machine import has_gpu, machine

CPU = "A processor, 2 cores, 3 GiB, no GPU"
GPU = "A processor, 2 cores, 3 GiB, 2 x NVIDIA H100"


def leave(logs, name, first, *records):
    path = logs / f"{name}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{json.dumps(record)}\n" for record in records))
    if first is not None:
        path.with_suffix(".log").write_text(f"{first}\nmore\n")


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
        }
    )  # fmt: skip
    found = {name: licence for name, licence, _ in licences(config)}
    assert found["multi30k"] == find("multi30k").licence
    assert found["a.en, a.de"].startswith("your own")
    assert list(found)[-1] == "probing tasks (free)" and len(found) == 4


def test_this_machine_is_told_without_its_name():
    said = machine()
    assert " cores, " in said and " GiB, " in said
    assert has_gpu(GPU) and not has_gpu(CPU)
