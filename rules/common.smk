import os
import sys
from pathlib import Path

import ticketscope
from ticketscope.config import validate
from ticketscope.corpus import registry
from ticketscope.corpus.settings import PlainFiles
from ticketscope.errors import InputError
from ticketscope.runtime.fingerprint import fingerprint
from ticketscope.upstream.snakemake_dags import spare_repetition
from ticketscope.probing import suites
from ticketscope.probing.free.names import SOURCES_OF as FREE_TASKS
from ticketscope.probing.settings import UNTRAINED
from ticketscope.probing.tasks.registry import SPLITS as PROBING_SPLITS
from ticketscope.probing.tasks.registry import TASKS as PAPER_TASKS
from ticketscope.report.titles import BLEU as BLEU_FIGURES
from ticketscope.report.titles import PROBING as PROBING_FIGURES
from ticketscope.report.titles import SIMILARITY as SIMILARITY_FIGURES
from ticketscope.report.titles import SPARSITY as SPARSITY_FIGURES
from ticketscope.upstream.snakemake_timers import choose_once_a_second
from ticketscope.tickets import criteria


wildcard_constraints:
    split=r"train|valid|test|unseen",
    seed=r"\d+",
    k=r"\d+",
    epoch=r"\d+",
    series=r"[A-Za-z0-9][A-Za-z0-9_-]*",
    source=r"[a-z0-9_]+",
    text=r"[A-Za-z0-9][A-Za-z0-9_-]*",
    task=r"[A-Za-z0-9][A-Za-z0-9_-]*",
    part=r"all|[A-Za-z0-9][A-Za-z0-9_-]*\.(linear|mlp)",


# One clear line instead of a traceback: the config is checked before any rule is read.
try:
    CONFIG = validate(config)
except InputError as error:
    sys.exit(str(error))

choose_once_a_second()
spare_repetition()

RESULTS = f"results/{CONFIG.experiment}"
LOGS = f"logs/{CONFIG.experiment}"
SOURCE, TARGET = LANGUAGES = [CONFIG.languages.source, CONFIG.languages.target]
MIRROR = CONFIG.mirror or os.environ.get("TICKETSCOPE_MIRROR")
SCRIPTS = Path(workflow.basedir) / "workflow/scripts"
PLUGIN = "ticketscope.tickets.fairseq_plugin"

TOY_SPLITS = ["train", "valid", "test", "unseen"]


def get_sources(split):
    """The texts that a split is joined from."""
    if split == "unseen":
        return ["toy"]
    given = getattr(CONFIG.corpus, split)
    return given if isinstance(given, list) else [given]


def get_pretokenized():
    """Splits whose text comes as subwords -> the archive and member with its BPE codes."""
    found = {}
    for split in ("train", "valid", "test"):
        for name in get_sources(split):
            if not isinstance(name, PlainFiles) and name != "toy":
                source = registry.find(name)
                if source.pretokenized:
                    path = registry.side(name, split, SOURCE).path
                    found[split] = f"resources/sources/{path}:{source.codes}"
    return found


def get_texts(wildcards):
    """The files that a split of the raw text is read from: source, target, source, ..."""
    files = []
    for text in get_sources(wildcards.split):
        if isinstance(text, PlainFiles):
            files += [local(text.src), local(text.tgt)]
        elif text == "toy":
            files += [
                f"{RESULTS}/corpus/toy/{wildcards.split}.{lang}" for lang in LANGUAGES
            ]
    return files


def get_manifests(splits):
    """The manifests of the public texts in those splits; each text's files lie beside its own."""
    return [
        local(f"resources/sources/{text}.json")
        for split in splits
        for text in get_sources(split)
        if not isinstance(text, PlainFiles) and text != "toy"
    ]


def get_text_settings(wildcards):
    """Where each side of a split's texts lies, and how much of it is used.

    A path is given where a manifest stands for the file; the other sides are the rule's `texts`.
    """
    pairs = []
    for text in get_sources(wildcards.split):
        sides = [{"path": None, "member": None, "column": None} for _ in LANGUAGES]
        if not isinstance(text, PlainFiles) and text != "toy":
            files = [registry.side(text, wildcards.split, lang) for lang in LANGUAGES]
            sides = [
                {
                    "path": f"resources/sources/{file.path}",
                    "member": file.member,
                    "column": file.column,
                }
                for file in files
            ]
        pairs.append(sides)
    return {
        "pairs": pairs,
        "limit": CONFIG.corpus.limit if wildcards.split == "train" else None,
    }


def check_sources():
    """What is wrong with the corpus is said now, not after an hour.

    Raises:
        InputError: an unknown source, a split that it lacks, a file that does not exist.
    """
    for split in ("train", "valid", "test"):
        for text in get_sources(split):
            if isinstance(text, PlainFiles):
                for path in (text.src, text.tgt):
                    if not Path(path).is_file():
                        raise InputError(
                            f"config error: corpus.{split}: {path} does not exist"
                        )
            elif text == "toy":
                if LANGUAGES != ["en", "de"]:
                    raise InputError(
                        f"config error: corpus.{split}: toy is English to German, languages are "
                        f"{SOURCE} and {TARGET}"
                    )
            else:
                for lang in LANGUAGES:
                    registry.side(text, split, lang)
    own = {"similarity.labels": CONFIG.similarity.labels}
    own["representations.texts"] = CONFIG.representations.texts
    for key, files in own.items():
        for name, path in files.items():
            if isinstance(path, str) and not Path(path).is_file():
                raise InputError(f"config error: {key}.{name}: {path} does not exist")
    CONFIG.external_tickets.check_files(CONFIG.languages)
    if CONFIG.decoding.split == "unseen" and get_sources("test") != ["toy"]:
        raise InputError("config error: decoding.split: unseen exists for the toy only")


try:
    check_sources()
    PRETOKENIZED = get_pretokenized()
except InputError as error:
    sys.exit(str(error))

# The toy has a fourth split: words that never met in train. With tickets trained elsewhere there
# may be no train text.
SPLITS = TOY_SPLITS if get_sources("test") == ["toy"] else ["train", "valid", "test"]
SPLITS = [split for split in SPLITS if get_sources(split)]

# All tickets as (seed, series, k); the series of a seed share LTH0.
TICKETS = [
    (seed, series, k) for seed in CONFIG.seeds for series, k in CONFIG.tickets(seed)
]

# Tickets trained elsewhere, and the dictionaries that they were trained with.
EXTERNAL = CONFIG.external_tickets
DICTIONARIES = [local(str(path)) for path in EXTERNAL.dictionaries(CONFIG.languages)]

# Small models run fastest on one thread a job; more would only contend for the cores.
os.environ.setdefault("OMP_NUM_THREADS", "1")


def code(script, *also):
    """Fingerprint of a script and of every module of ours that it reaches.

    `also` names modules that it reaches through another program: fairseq's plugin.
    """
    try:
        return fingerprint(SCRIPTS / script, Path(ticketscope.__file__).parent, also=also)
    except InputError as error:
        sys.exit(str(error))


def settings(*names):
    """The named parts of the config, as one plain dict that Snakemake can compare."""
    return CONFIG.model_dump(mode="json", include=set(names))


def ticket_path(seed, series, k):
    return f"{RESULTS}/tickets/seed{seed}/{series}/LTH{k}"


def per_ticket(pattern, **more):
    """`pattern` with {seed}, {series} and {k} for every ticket of the experiment."""
    return [
        pattern.format(seed=seed, series=series, k=k, **more)
        for seed, series, k in TICKETS
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


def get_prune_code(wildcards):
    """Fingerprint of the pruning, with the criterion of this series and no other."""
    criterion = CONFIG.pruning.series[wildcards.series].criterion
    also = [] if criterion == "none" else [f"{criteria.__name__}.{criterion}"]
    return code("prune.py", *also)


def get_retrain_settings(wildcards):
    """What this ticket's retraining depends on."""
    k = int(wildcards.k)
    kind = CONFIG.rewinding.kind
    # Fine-tuning goes on from where the last ticket ended; the others repeat LTH0's last epochs.
    max_epoch = CONFIG.epochs_seen(k) if kind == "none" else CONFIG.training.max_epoch
    return settings("model", "training", "languages") | {
        "kind": kind,
        "max_epoch": max_epoch,
    }


def get_external_files(wildcards):
    """Checkpoint and mask of a ticket trained elsewhere, and its LTH0's checkpoint.

    LTH0's is only looked at for its shapes: another LTH0 makes no other ticket stale.
    """
    seed, series, k = int(wildcards.seed), wildcards.series, int(wildcards.k)
    ticket = EXTERNAL.find(seed, series, k)
    return {
        "given": local(ticket.checkpoint),
        "given_mask": [local(ticket.mask)] if ticket.mask else [],
        "dense": (
            [ancient(local(EXTERNAL.find(seed, "dense", 0).checkpoint))] if k else []
        ),
    }


def get_stamps(wildcards):
    """Size and time of those files: one that is replaced may bring an old time with it."""
    files = get_external_files(wildcards)
    stats = [os.stat(path) for path in (files["given"], *files["given_mask"])]
    return [[stat.st_size, stat.st_mtime_ns] for stat in stats]


def get_kept(output):
    """A ticket's representations, which go when everything that reads them is done."""
    return output if CONFIG.representations.keep else temp(output)


def get_compared(wildcards):
    """Tickets that a ticket is compared with, as (seed, series, k).

    Each with LTH0 of its seed; even ones with the even ones before, for the full heatmaps
    (Figures A9 to A11); LTH0 with the LTH0s of the seeds before, which tells how alike two models
    are that share nothing but their text.
    """
    seed, series, k = int(wildcards.seed), wildcards.series, int(wildcards.k)
    if k == 0:
        before = CONFIG.seeds[: CONFIG.seeds.index(seed)]
        return [(other, "dense", 0) for other in before]
    even = range(2, k, 2) if k % 2 == 0 and k <= 8 else []
    before = [(seed, series, other) for other in even]
    return [(seed, "dense", 0), *(name for name in before if name in TICKETS)]


def get_compared_stores(wildcards):
    """Their representations."""
    return [
        REPRESENTATION.format(seed=seed, series=series, k=k)
        for seed, series, k in get_compared(wildcards)
    ]


def get_comparison_settings(wildcards):
    """What the comparison of a ticket depends on."""
    return CONFIG.similarity.model_dump(
        mode="json", include={"groups", "block", "threshold"}
    ) | {"others": [list(name) for name in get_compared(wildcards)]}


def get_derivations(split):
    """The grammar's annotation of a text, if the text is the grammar's alone."""
    if get_sources(split) != ["toy"]:
        return []
    return [f"{RESULTS}/corpus/toy/{split}.derivations.jsonl.gz"]


try:
    PLAN = suites.plan(CONFIG.probing)
except InputError as error:
    sys.exit(str(error))

# Tickets that are probed, as (seed, series, k); without any task none is.
PROBED_TICKETS = [
    (seed, series, k)
    for seed in CONFIG.seeds
    for series, k in [*CONFIG.tickets(seed), (UNTRAINED, 0)]
    if PLAN.tasks
    and (k == 0 or CONFIG.probing.tickets == "all" or k in CONFIG.probing.tickets)
]
PARTS = (
    ["all"]
    if CONFIG.probing.jobs == "ticket"
    else [f"{task}.{kind}" for task in PLAN.tasks for kind in CONFIG.probing.probes]
)


# Settings that a trained probe depends on, but for `by_task`.
RECIPE = {
    "suite",
    "limit",
    "hidden",
    "lr",
    "max_epoch",
    "batch_size",
    "patience",
    "replicates",
    "control",
    "codelength",
    "fractions",
    "least",
}


def get_task_folder(task):
    """Where a task's instances lie: a user's own with the results, the suites' shared by all."""
    if task in CONFIG.probing.own:
        return f"{PROBING}/own/{task}"
    return f"resources/probing/{CONFIG.probing.suite}/{task}"


def get_probing_sources():
    """Manifests of the corpora that the tasks are built from, where these are fetched."""
    if CONFIG.probing.suite != "free":
        return []
    names = {name for task in PLAN.tasks for name in FREE_TASKS.get(task, ())}
    return [f"resources/sources/free/{name}.json" for name in sorted(names)]


def get_instances(tasks):
    """Their files, task by task and in each split by split."""
    return [
        f"{get_task_folder(task)}/{split}.jsonl.gz"
        for task in tasks
        for split in PROBING_SPLITS
    ]


def get_part(wildcards):
    """Tasks and families of probes of a job."""
    if wildcards.part == "all":
        return list(PLAN.tasks), CONFIG.probing.probes
    task, kind = wildcards.part.rsplit(".", 1)
    return [task], [kind]


def get_probe_settings(wildcards):
    """What the probes of a job depend on, in one dict: each further function costs the DAG time."""
    tasks, kinds = get_part(wildcards)
    recipe = CONFIG.probing.model_dump(mode="json", include=RECIPE)
    own = CONFIG.probing.by_task
    recipe["by_task"] = {
        task: own[task].model_dump(mode="json") for task in tasks if task in own
    }
    return {
        "recipe": recipe,
        "ticket": {
            "seed": int(wildcards.seed),
            "series": wildcards.series,
            "name": f"LTH{wildcards.k}",
        },
        "tasks": [
            {
                "id": task,
                "group": PLAN.tasks[task].group,
                "metric": PLAN.tasks[task].metric,
            }
            for task in tasks
        ],
        "kinds": kinds,
    }


def per_probe_job(pattern):
    """`pattern` for every job, in the order of PROBE_JOBS."""
    return [
        pattern.format(seed=seed, series=series, k=k, part=part)
        for seed, series, k in PROBED_TICKETS
        for part in PARTS
    ]


PROBE_JOBS = [
    [seed, series, f"LTH{k}", part]
    for seed, series, k in PROBED_TICKETS
    for part in PARTS
]


def get_figures(names, ending="svg"):
    """Files of figures, by the titles of a section."""
    return [f"{RESULTS}/figures/{name}.{ending}" for name in names]


def get_figure_outputs(names, category):
    """Outputs of a rule that draws the figures of a section, with the numbers drawn.

    Snakemake's report shows each by its title and with its own caption.
    """
    shown = []
    for path, (name, title) in zip(get_figures(names), names.items()):
        caption = f"../workflow/report/{name}.rst"
        labels = {"figure": title}
        shown.append(report(path, caption, category, labels=labels))
    return {
        "svg": shown,
        "pdf": get_figures(names, "pdf"),
        "csv": get_figures(names, "csv"),
    }


def get_probing_figures():
    """All figures of section 4; none where nothing is probed."""
    return get_figures(PROBING_FIGURES if PLAN.tasks else {})


def get_probed_checkpoint(wildcards):
    """A ticket's checkpoint, or the random encoder's."""
    if wildcards.series == UNTRAINED:
        return f"{RESULTS}/tickets/seed{wildcards.seed}/{UNTRAINED}/checkpoint.pt"
    file = "averaged.pt" if AVERAGED else "checkpoint.pt"
    return f"{ticket_path(wildcards.seed, wildcards.series, wildcards.k)}/{file}"


def get_maker(rule):
    """A rule's script, the fingerprint of its code, and its settings."""
    made = workflow.get_rule(rule)
    return {
        "script": made.script.removeprefix("../"),
        "code": made.params.code,
        "settings": getattr(made.params, "settings", {}),
    }
