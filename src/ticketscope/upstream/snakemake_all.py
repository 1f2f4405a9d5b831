"""The work-arounds of Snakemake that the workflow wants; each module says what is wrong."""

from ticketscope.upstream import (
    snakemake_benchmarks,
    snakemake_dags,
    snakemake_scripts,
    snakemake_sigterm,
    snakemake_timers,
)


def work_around(jobs: int) -> None:
    """Apply them to the Snakemake that reads the rules.

    Args:
        jobs: Probing jobs of the experiment, of which a large DAG consists.
    """
    snakemake_benchmarks.measure_shared_memory_seldom()
    snakemake_timers.choose_once_a_second()
    snakemake_scripts.start_scripts_warm()
    snakemake_sigterm.end_on_sigterm()
    if jobs > snakemake_dags.LARGE:
        snakemake_dags.spare_repetition()
