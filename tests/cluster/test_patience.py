"""Our sbatch and sacct, before programs that stand for Slurm's and fail as those do."""

import os
import subprocess
import time
from pathlib import Path

import pytest

from ticketscope.cluster.slurm import cancel_leftovers, use_patient_clients
from ticketscope.errors import InputError
from ticketscope.upstream import slurm_clients

# Each call is noted in calls.txt; what answers lies in the folder of the same name, call by call.
FAKE = """\
#!/bin/sh
cd {folder}
echo "$0 $*" >> calls.txt
n=$(ls $(basename $0)/*.out 2>/dev/null | head -1)
[ -n "$n" ] || exit 0
cat "$n"; cat "${{n%.out}}.err" >&2; code=$(cat "${{n%.out}}.code")
rm "$n"; exit $code
"""
SILENT = "sbatch: error: Batch job submission failed: Socket timed out on send/recv operation"
SUBMIT = ["sbatch", "--parsable", "--comment", "rule_train_dense", "--wrap", "true"]


@pytest.fixture
def slurm(tmp_path: Path):
    class Fake:
        def answer(self, program: str, *answers: tuple[str, str, int]) -> None:
            script = tmp_path / "bin" / program
            script.parent.mkdir(exist_ok=True)
            script.write_text(FAKE.format(folder=tmp_path))
            script.chmod(0o755)
            (tmp_path / program).mkdir()
            for number, (out, err, code) in enumerate(answers):
                for ending, text in (("out", out), ("err", err), ("code", str(code))):
                    (tmp_path / program / f"{number}.{ending}").write_text(text)

        def call(self, root: Path, *command: str) -> "subprocess.CompletedProcess[str]":
            path = f"{slurm_clients.FOLDER}:{tmp_path}/bin:/usr/bin:/bin"
            environment = {**os.environ, "PATH": path, "TICKETSCOPE_EXPERIMENT": "mine"}
            environment["TICKETSCOPE_PAUSE"] = "0.1"
            return subprocess.run(
                command, env=environment, capture_output=True, text=True, check=False, timeout=60
            )

        def calls(self) -> list[str]:
            return (tmp_path / "calls.txt").read_text().splitlines()

    return Fake()


def test_a_submission_goes_through_with_experiment_and_mark(root, slurm):
    slurm.answer("sbatch", ("17\n", "", 0))
    done = slurm.call(root, *SUBMIT)
    assert (done.stdout, done.returncode) == ("17\n", 0)
    [call] = slurm.calls()
    assert "--comment rule_train_dense mine " in call


def test_a_job_that_a_slow_controller_took_is_not_submitted_again(root, slurm, tmp_path):
    slurm.answer("sbatch", ("", SILENT, 1))
    slurm.answer("squeue", ("", "slurm_load_jobs error: Unable to contact slurm controller", 1))
    # The mark is known only once sbatch was called: the second answer repeats it.
    (tmp_path / "bin/squeue").write_text(
        f"#!/bin/sh\ncd {tmp_path}\necho squeue >> calls.txt\n"
        "[ -e asked ] || { touch asked; echo 'Unable to contact slurm controller' >&2; exit 1; }\n"
        "echo '5 rule_other mine 0123'\n"
        "echo 6 $(sed -n 's/.*--comment \\(.*\\) --wrap.*/\\1/p' calls.txt)\n"
    )
    done = slurm.call(root, *SUBMIT)
    assert (done.stdout, done.returncode) == ("6\n", 0)
    assert sum("sbatch" in call for call in slurm.calls()) == 1


def test_a_job_that_was_not_taken_is_submitted_again(root, slurm):
    slurm.answer("sbatch", ("", SILENT, 1), ("18\n", "", 0))
    slurm.answer("squeue", ("5 rule_other mine 0123\n", "", 0))
    done = slurm.call(root, *SUBMIT)
    assert (done.stdout, done.returncode) == ("18\n", 0)
    marks = {call.split("--comment")[1] for call in slurm.calls() if "--comment" in call}
    assert len(marks) == 1


def test_a_refused_submission_fails_at_once(root, slurm):
    slurm.answer("sbatch", ("", "sbatch: error: invalid partition specified: gpu", 1))
    done = slurm.call(root, *SUBMIT)
    assert done.returncode == 1
    assert "invalid partition" in done.stderr
    assert len(slurm.calls()) == 1


def test_sacct_without_accounts_asks_squeue(root, slurm):
    slurm.answer("sacct", ("", "Slurm accounting storage is disabled\n", 1))
    slurm.answer("squeue", ("7|RUNNING\n", "", 0))
    done = slurm.call(root, "sacct", "-X", "--name", "run-id")
    assert (done.stdout, done.returncode) == ("7|RUNNING\n", 0)
    assert "--name run-id" in slurm.calls()[-1]


def test_sacct_with_accounts_is_slurms_own(root, slurm):
    slurm.answer("sacct", ("7|COMPLETED\n", "", 0))
    assert slurm.call(root, "sacct", "-X", "--name", "run-id").stdout == "7|COMPLETED\n"
    assert len(slurm.calls()) == 1


@pytest.mark.parametrize("version", ["2.8.0", "2.9.0"])
def test_the_clients_are_for_one_version_of_the_plugin(monkeypatch, capsys, version):
    monkeypatch.setattr("ticketscope.upstream.version", lambda distribution: version)
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    monkeypatch.setenv("TICKETSCOPE_EXPERIMENT", "")
    use_patient_clients("mine")
    printed = capsys.readouterr().err
    if version == "2.8.0":
        assert os.environ["PATH"] == f"{slurm_clients.FOLDER}:/usr/bin:/bin" and not printed
        assert os.environ["TICKETSCOPE_EXPERIMENT"] == "mine"
    else:
        assert os.environ["PATH"] == "/usr/bin:/bin"
        assert printed.startswith("snakemake-executor-plugin-slurm is 2.9.0, not 2.8.0: running")


LISTED = """\
3\t{here}\trule_train_dense mine 0123
4\t{here}\trule_train_dense other 4567
5\t/elsewhere\trule_train_dense mine 89ab
6\t{here}\trule_train_dense minestrone cdef
"""


def test_only_jobs_of_this_experiment_and_folder_are_cancelled(slurm, tmp_path, monkeypatch):
    listed = LISTED.format(here=tmp_path)
    slurm.answer("squeue", ("", "Unable to contact", 1), (listed, "", 0), (listed, "", 0))
    slurm.answer("scancel")
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:/usr/bin:/bin")
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    said: list[str] = []
    cancel_leftovers("mine", tmp_path, said.append)
    assert said == ["1 jobs of an earlier snakemake are still in the queue: cancelling them"]
    calls = [Path(call.split()[0]).name + call.partition(" ")[2] for call in slurm.calls()]
    assert [call for call in calls if call.startswith("scancel")] == ["scancel3"]
    # Asked again until it no longer shows them.
    assert sum(call.startswith("squeue") for call in calls) == 4


def test_jobs_that_do_not_end_are_told_in_one_line(slurm, tmp_path, monkeypatch):
    listed = LISTED.format(here=tmp_path)
    slurm.answer("squeue", *[(listed, "", 0)] * 5)
    slurm.answer("scancel")
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:/usr/bin:/bin")
    monkeypatch.setattr("ticketscope.cluster.slurm._PATIENCE", 0)
    with pytest.raises(InputError, match="cancelled jobs do not end: 3; when squeue"):
        cancel_leftovers("mine", tmp_path, lambda line: None)
