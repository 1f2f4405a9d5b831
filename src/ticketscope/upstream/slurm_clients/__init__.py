"""sbatch and sacct that stand before Slurm's own in PATH and survive a silent controller.

Wrong upstream (snakemake-executor-plugin-slurm 2.8.0): a failed sbatch counts as a failed job, even
if the controller was only too slow to answer and has taken the job; and without accounting the
plugin asks sacct, which never answers.
Gain: an experiment of days survives a restart of the controller, and submits no job twice.
Other versions: it steps aside, because how they call sbatch and sacct is not known. Jobs then carry
no experiment's name either, and those of a killed snakemake have to be cancelled by hand.
Can go: when the plugin asks again after a time-out and falls back on squeue.
"""

from pathlib import Path

FOLDER = Path(__file__).parent
