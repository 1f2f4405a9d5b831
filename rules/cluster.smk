# The time and memory that jobs ask for, the forecast of a dry-run, the GPUs of a run on this machine,
# and what Slurm needs beside its profile, slurm/config.yaml (docs/run/cluster.md).

from functools import partial

from ticketscope.cluster import slurm
from ticketscope.plan.forecast import Job, forecast
from ticketscope.plan.needs import RULES
from ticketscope.plan.resources import rule_resources
from ticketscope.plan.scale import Scale
from ticketscope.runtime import devices
from ticketscope.upstream import snakemake_turns

SCALE = Scale(PLAN)

# In another workflow's module the rules have other names.
RULE_NAMES = {workflow.modifier.modify_rulename(name): name for name in RULES}
# Where one rule alone is taken once more, to change it, there is no such pattern.
PREFIX, IS_WHOLE, SUFFIX = workflow.modifier.modify_rulename("*").partition("*")

# Memory and run time of a rule's jobs, by their size and attempt.
get_resources = partial(rule_resources, SCALE)


@atexit.register
def print_forecast():
    """After a dry-run: what all these jobs will need."""
    if IS_WHOLE and workflow.dryrun and workflow.dag is not None:
        jobs = [
            Job(
                RULE_NAMES.get(job.rule.name, job.rule.name),
                dict(job.wildcards.items()),
                int(job.resources.get("gpu", 0)),
                workflow.dag.get_job_group(job) or job,
            )
            for job in workflow.dag.needrun_jobs(exclude_finished=False)
            if job.rule.has_products()
            and job.rule.name.startswith(PREFIX)
            and job.rule.name.endswith(SUFFIX)
        ]
        if jobs:
            print(forecast(SCALE, jobs), file=sys.stderr)


# Without --jobs, which goes with a cluster, jobs run here: then none is started that would have to
# wait for a GPU. `--resources gpu=2` says another number than the driver's.
JOBS_RUN_HERE = (
    workflow.is_main_process and workflow.global_resources["_nodes"].value is None
)
if JOBS_RUN_HERE:
    snakemake_turns.keep_gpus_for_the_first()
    if "gpu" not in workflow.global_resources and (gpus := devices.count()):
        workflow.register_resource("gpu", gpus)


if workflow.is_main_process and not JOBS_RUN_HERE:
    slurm.use_patient_clients(CONFIG.experiment)


onstart:
    # torch is asked once, and not by a dry-run, so that no job has to.
    if JOBS_RUN_HERE and (names := devices.detect()) is not None:
        if not names and (offered := devices.count()):
            print(devices.not_for_torch(offered), file=sys.stderr)
        os.environ[devices.VISIBLE] = ",".join(names)
    if workflow.executor_plugin.name == "slurm":
        try:
            slurm.cancel_leftovers(CONFIG.experiment, Path.cwd(), print)
        except InputError as error:
            sys.exit(f"error: {error}")
