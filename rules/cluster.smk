# The time and memory that jobs ask for, the forecast of a dry-run, and what Slurm needs beside its
# profile, slurm/config.yaml (docs/run/cluster.md).

import atexit
from functools import partial

from ticketscope.cluster import slurm
from ticketscope.plan import needs
from ticketscope.plan.forecast import Job, forecast
from ticketscope.plan.scale import Scale

SCALE = Scale(PLAN)

# In another workflow's module the rules have other names.
RULE_NAMES = {workflow.modifier.modify_rulename(name): name for name in needs.RULES}

# Memory and run time of a rule's jobs, by their size and attempt.
get_resources = partial(needs.resources, SCALE)


@atexit.register
def print_forecast():
    """After a dry-run: what all these jobs will need."""
    if workflow.dryrun and workflow.dag is not None:
        jobs = [
            Job(
                RULE_NAMES.get(job.rule.name, job.rule.name),
                dict(job.wildcards.items()),
                int(job.resources.get("gpu", 0)),
                workflow.dag.get_job_group(job) or job,
            )
            for job in workflow.dag.needrun_jobs(exclude_finished=False)
            if job.rule.has_products()
        ]
        if jobs:
            print(forecast(SCALE, jobs), file=sys.stderr)


slurm.use_patient_clients(CONFIG.experiment)


onstart:
    if workflow.executor_plugin.name == "slurm":
        try:
            slurm.cancel_leftovers(CONFIG.experiment, Path.cwd(), print)
        except InputError as error:
            sys.exit(f"error: {error}")
