# What every rules file uses: the validated config, the plan, and what a rule says of its code.

import atexit
import os
import sys
from pathlib import Path

import ticketscope
from ticketscope.errors import InputError
from ticketscope.joined.experiment import read_experiment
from ticketscope.joined.parts import table_names
from ticketscope.plan.inputs import files_of_seed
from ticketscope.plan.paths import TICKET
from ticketscope.plan.texts import TOY_SPLITS
from ticketscope.report import titles
from ticketscope.runtime.failures import last_lines
from ticketscope.runtime.fingerprint import fingerprint
from ticketscope.runtime.place import check_place
from ticketscope.tickets.version import TRAINING_VERSION
from ticketscope.upstream.snakemake_all import work_around

# One clear line instead of a traceback: the config is checked before any rule is read.
try:
    CONFIG, PARTS, PLAN = read_experiment(config, workflow.overwrite_configfiles)
    if workflow.is_main_process:
        check_place(Path(".snakemake"), Path(PLAN.paths.results))
except InputError as error:
    sys.exit(str(error))


wildcard_constraints:
    split="|".join(dict.fromkeys([*TOY_SPLITS, *PLAN.texts.further])),
    # A joined experiment trains and measures nothing: no file of a single seed can be made.
    seed=r"\d+" if not PARTS else r"(?!)",
    k=r"\d+",
    epoch=r"\d+",
    series=r"[A-Za-z0-9][A-Za-z0-9_-]*",
    source=r"[a-z0-9_]+",
    text=r"[A-Za-z0-9][A-Za-z0-9_-]*",
    task=r"[A-Za-z0-9][A-Za-z0-9_-]*",
    part=r"all|[A-Za-z0-9][A-Za-z0-9_-]*\.(linear|mlp)",


PATHS, LOGS = PLAN.paths, PLAN.paths.logs
SOURCE, TARGET = PLAN.texts.languages
DECODED = CONFIG.decoding.split
TOKENIZER = CONFIG.subwords.tokenizer
# Scripts get it as a resource: another param would make stale all that follows from a download.
MIRROR = CONFIG.mirror or os.environ.get("TICKETSCOPE_MIRROR", "")
PLUGIN = "ticketscope.tickets.fairseq_plugin"

work_around(jobs=len(PLAN.probing.jobs))

# Small models run fastest on one thread a job; more would only contend for the cores.
os.environ.setdefault("OMP_NUM_THREADS", "1")


onerror:
    # Snakemake's own messages are still to come.
    atexit.register(print, last_lines(workflow.scheduler.failed), file=sys.stderr)


def code(script, *also):
    """Fingerprint of a script and all our modules that it reaches; `also`: by fairseq's plugin."""
    path = workflow.source_path(f"../workflow/scripts/{script}")
    try:
        return fingerprint(Path(path), Path(ticketscope.__file__).parent, also=also)
    except InputError as error:
        sys.exit(str(error))


def has_table(name, made=True):
    """Whether there is a table: in a joined experiment if a part has it, else if a seed makes it."""
    return any(name in part.tables for part in PARTS) if PARTS else bool(made)


# Tables of observations, of which a joined experiment has those that a part has.
OBSERVED = list(filter(has_table, table_names(CONFIG, probed=[*PLAN.probing.tasks])))


def keep_local(paths):
    """Files that stay on this disk, whatever the default storage: all but the experiment's own."""
    results = f"{PATHS.results}/"
    return [path if path.startswith(results) else local(path) for path in paths]


def get_kept(output):
    """Representations, deleted when everything that reads them is done unless config keeps them."""
    return output if CONFIG.representations.keep else temp(output)
