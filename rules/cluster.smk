# What a cluster needs beside its profile, slurm/config.yaml (docs/cluster.md).

slurm.use_patient_clients(Path(workflow.basedir) / "slurm/bin", CONFIG.experiment)


onstart:
    if workflow.executor_plugin.name == "slurm":
        try:
            slurm.cancel_leftovers(CONFIG.experiment, Path.cwd(), print)
        except InputError as error:
            sys.exit(f"error: {error}")
