"""The same DAG, with less asked of it."""

import gc
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import snakemake.api  # noqa: F401 (its parts cannot be imported before it)
from snakemake import common, rules, script
from snakemake.dag import ScriptProcessor
from snakemake.exceptions import WorkflowError

from ticketscope import upstream
from ticketscope.upstream import snakemake_dags as large_dags


@pytest.fixture(autouse=True)
def _restored(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Other tests of this process meet Snakemake as it was."""
    for module in (common, rules):
        monkeypatch.setattr(module, "get_function_params", common.get_function_params)
    monkeypatch.setattr(ScriptProcessor, "process_job", ScriptProcessor.process_job)
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)


class Rule:
    """Of a workflow; each is its own."""

    basedir = None

    def __init__(self, script: str) -> None:
        self.script = script


def test_a_signature_is_read_once() -> None:
    def settings(wildcards: object, attempt: int) -> None: ...

    assert common.get_function_params(settings) is not common.get_function_params(settings)
    large_dags.spare_repetition()
    for module in (common, rules):
        parameters = module.get_function_params(settings)
        assert list(parameters) == ["wildcards", "attempt"]
        assert module.get_function_params(settings) is parameters
    assert common.get_input_function_aux_params(settings, {"attempt": 2, "input": ()}) == {
        "attempt": 2
    }


def test_a_script_is_looked_for_once_a_rule_but_for_wildcards_in_its_path(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked_for: list[str] = []

    def get_source(path: str, cache: object, basedir: object, wildcards: str, params: object):
        looked_for.append(path.format(wildcards=wildcards))
        return path, "", "python", True, path

    monkeypatch.setattr(script, "get_source", get_source)
    large_dags.spare_repetition()
    cache = SimpleNamespace(exists=lambda file: "missing" not in file)
    processor = ScriptProcessor(SimpleNamespace(workflow=SimpleNamespace(sourcecache=cache)))

    def process(rule: Rule, wildcards: str) -> None:
        job = SimpleNamespace(rule=rule, is_script=True, wildcards=wildcards, params=None)
        processor.process_job(job)

    for rule in map(Rule, ("prune.py", "probe.py", "{wildcards}.py")):
        for number in "123":
            process(rule, number)
    assert looked_for == ["prune.py", "probe.py", "1.py", "2.py", "3.py"]
    missing = Rule("missing.py")
    for _ in range(2):
        with pytest.raises(WorkflowError, match=r"missing\.py not accessible"):
            process(missing, "")


def test_another_version_of_snakemake_runs_without_it(monkeypatch, capsys) -> None:
    untouched = common.get_function_params
    monkeypatch.setattr(upstream, "version", lambda distribution: "9.99.0")
    large_dags.spare_repetition()
    assert common.get_function_params is untouched
    assert capsys.readouterr().err == (
        "snakemake is 9.99.0, not 9.27.1: running without the quicker dry-run of large "
        "experiments\n"
    )


@pytest.mark.workflow
@pytest.mark.parametrize("large", [False, True])
def test_only_a_large_dag_is_built_with_it(root: Path, tmp_path: Path, large: bool) -> None:
    overlay = tmp_path / "large.yaml"
    seeds = [1, 2, 3, 4, 5, 6, 7, 8] if large else [1]
    overlay.write_text(f"seeds: {seeds}\nprobing: {{jobs: probe, tickets: all}}\n")
    code = (
        "import gc, sys\n"
        "from snakemake import rules\n"
        "from snakemake.cli import main\n"
        "from snakemake.dag import ScriptProcessor\n"
        "try: main(sys.argv[1:])\n"
        "finally: print(rules.get_function_params, ScriptProcessor.process_job, gc.get_threshold())"
    )
    command = [
        sys.executable, "-c", code, "--snakefile", root / "Snakefile", "--directory", tmp_path,
        "--configfile", root / "config/smoke.yaml", overlay, "-n", "-q", "rules",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    last = done.stdout.splitlines()[-1]
    changed = ("_lru_cache_wrapper" in last, "_once_a_rule" in last, "(50000, 20, 20)" in last)
    assert changed == (large, large, large)
