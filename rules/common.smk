import os
import sys
from pathlib import Path

import dissect
from dissect.config import validate
from dissect.errors import InputError
from dissect.fingerprint import fingerprint


wildcard_constraints:
    seed=r"\d+",
    k=r"\d+",
    epoch=r"\d+",
    series=r"[A-Za-z0-9][A-Za-z0-9_-]*",
    source=r"[a-z0-9_]+",


# One clear line instead of a traceback: the config is checked before any rule is read.
try:
    CONFIG = validate(config)
except InputError as error:
    sys.exit(str(error))

RESULTS = f"results/{CONFIG.experiment}"
LOGS = f"logs/{CONFIG.experiment}"
LANGUAGES = [CONFIG.languages.source, CONFIG.languages.target]
SCRIPTS = Path(workflow.basedir) / "workflow/scripts"
PLUGIN = "dissect.tickets.fairseq_plugin"

# Tickets after LTH0, as (series, k).
PRUNED = [
    (series, k)
    for series in CONFIG.pruning.series
    for k in range(1, CONFIG.pruning.iterations + 1)
]
# All tickets of a seed; the series share LTH0.
TICKETS = [("dense", 0), *PRUNED]

# Small models run fastest on one thread a job; more would only contend for the cores.
os.environ.setdefault("OMP_NUM_THREADS", "1")


def code(script, *also):
    """Fingerprint of a script and of every module of ours that it reaches.

    `also` names modules that it reaches through another program: fairseq's plugin.
    """
    try:
        return fingerprint(SCRIPTS / script, Path(dissect.__file__).parent, also=also)
    except InputError as error:
        sys.exit(str(error))


def settings(*names):
    """The named parts of the config, as one plain dict that Snakemake can compare."""
    return CONFIG.model_dump(mode="json", include=set(names))


def ticket_path(seed, series, k):
    return f"{RESULTS}/tickets/seed{seed}/{series}/LTH{k}"


def per_ticket(pattern):
    """`pattern` with {seed}, {series} and {k} for every ticket of the experiment."""
    return [
        pattern.format(seed=seed, series=series, k=k)
        for seed in CONFIG.seeds
        for series, k in TICKETS
    ]


def get_last_ticket(wildcards, file):
    """A file of the ticket before this one in its series."""
    k = int(wildcards.k) - 1
    series = wildcards.series if k else "dense"
    return f"{ticket_path(wildcards.seed, series, k)}/{file}"


def get_rewind_checkpoint(wildcards):
    """LTH0's checkpoint of the epoch that this ticket rewinds to."""
    epoch = CONFIG.rewind_epoch(int(wildcards.k))
    return f"{ticket_path(wildcards.seed, 'dense', 0)}/rewind/epoch{epoch}.pt"


def get_prune_settings(wildcards):
    """What this ticket's mask depends on, and nothing of the other series or iterations."""
    return {
        "series": CONFIG.pruning.series[wildcards.series].model_dump(mode="json"),
        "fraction": CONFIG.fraction(int(wildcards.k)),
        "seed": int(wildcards.seed),
        "k": int(wildcards.k),
    }


def get_retrain_settings(wildcards):
    """What this ticket's retraining depends on."""
    k = int(wildcards.k)
    kind = CONFIG.rewinding.kind
    # Fine-tuning goes on from where the last ticket ended; the others repeat LTH0's last epochs.
    max_epoch = CONFIG.epochs_seen(k) if kind == "none" else CONFIG.training.max_epoch
    return settings("model", "training", "languages") | {"kind": kind, "max_epoch": max_epoch}
