# What a cluster needs beside its profile, slurm/config.yaml (docs/cluster.md).

slurm.use_patient_clients(Path(workflow.basedir) / "slurm/bin", CONFIG.experiment)


onstart:
    if not workflow.local_exec:
        try:
            slurm.cancel_leftovers(CONFIG.experiment, Path.cwd(), print)
        except InputError as error:
            sys.exit(f"error: {error}")
