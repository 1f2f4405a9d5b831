"""What an experiment asks of a cluster, and what it does about Slurm."""
