"""A job of all GPUs starts before later ones of lower priority, which want one each."""

import subprocess
import sys
from pathlib import Path

SNAKEFILE = """
from ticketscope.upstream import snakemake_turns

{patch}

rule all:
    input:
        "big",
        expand("small{{n}}", n=range(6)),

rule start:
    output:
        "start",
    shell:
        "sleep 0.5; touch start"

rule big:
    input:
        "start",
    output:
        "big",
    priority: 1
    resources:
        gpu=2,
    shell:
        "date +%s.%N > big"

# Of different lengths, so that never both GPUs fall free at once.
rule small:
    output:
        "small{{n}}",
    resources:
        gpu=1,
    shell:
        "date +%s.%N > {{output}}; sleep 1.$(({{wildcards.n}} * 17 % 10))"
"""


def later_than_big(folder: Path, patch: str) -> int:
    """How many of the small jobs started after the big one."""
    folder.mkdir()
    (folder / "Snakefile").write_text(SNAKEFILE.format(patch=patch))
    command = [sys.executable, "-m", "snakemake", "--cores", "8", "--resources", "gpu=2"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    big = float((folder / "big").read_text())
    return sum(float(path.read_text()) > big for path in folder.glob("small*"))


def test_it_waits_for_running_jobs_only(tmp_path: Path) -> None:
    assert later_than_big(tmp_path / "turns", "snakemake_turns.keep_gpus_for_the_first()") == 4
    # Else the module can go.
    assert later_than_big(tmp_path / "plain", "") < 4
