# What jobs ask for, what all of them will need, and what a cluster needs beside its profile,
# slurm/config.yaml (docs/run/cluster.md).

import atexit

from ticketscope.cluster import needs, slurm
from ticketscope.cluster.forecast import Job, forecast
from ticketscope.cluster.scale import Scale

SCALE = Scale(CONFIG)


def get_memory(wildcards, attempt, rulename):
    """MB of memory that a job asks for."""
    return needs.request(needs.need(SCALE, rulename, wildcards), attempt).memory


def get_runtime(wildcards, attempt, rulename):
    """Minutes that a job asks for."""
    return needs.request(needs.need(SCALE, rulename, wildcards), attempt).runtime


@atexit.register
def print_forecast():
    """After a dry-run: what all these jobs will need."""
    if workflow.dryrun and workflow.dag is not None:
        jobs = [
            Job(
                job.rule.name,
                dict(job.wildcards.items()),
                int(job.resources.get("gpu", 0)),
                workflow.dag.get_job_group(job) or job,
            )
            for job in workflow.dag.needrun_jobs(exclude_finished=False)
            if job.rule.has_products()
        ]
        if jobs:
            print(forecast(SCALE, jobs), file=sys.stderr)


slurm.use_patient_clients(Path(workflow.basedir) / "slurm/bin", CONFIG.experiment)


onstart:
    if workflow.executor_plugin.name == "slurm":
        try:
            slurm.cancel_leftovers(CONFIG.experiment, Path.cwd(), print)
        except InputError as error:
            sys.exit(f"error: {error}")
