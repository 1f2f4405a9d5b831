# ticketscope: train, prune and dissect lottery-ticket Transformers (README.md).
#
# The workflow is workflow/Snakefile: there the Snakemake catalogue and snakedeploy look for it, and
# Snakemake 9.27 resolves no include of a Snakefile that lies in the root of a git repository.

from pathlib import Path

from ticketscope import config_files

# Where it is missing, --configfile may give everything.
if Path("config.yaml").exists():
    config_files.check("config.yaml")


configfile: "config.yaml"


include: "workflow/Snakefile"


rule all:
    default_target: True
    input:
        rules.results.input,
