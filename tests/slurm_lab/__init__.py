"""A real Slurm on one machine, and what may go wrong on a cluster made to go wrong on it."""
