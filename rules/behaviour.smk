# What BLEU does not see: contrasts, predictions, words, flips (docs/steps/behaviour.md).

from ticketscope.behaviour.contrast_items import SIDES
from ticketscope.plan.paths import CONTRAST_MANIFEST

BEHAVIOUR_LOG = f"{LOGS}/behaviour"
SET_LOG = f"{BEHAVIOUR_LOG}/contrasts/{{set}}"
BEHAVIOUR_TABLES = {
    name: f"{PATHS.tables}/{name}.csv"
    for name in (
        "probabilities",
        "words",
        "lengths",
        "decoding",
        "flips",
        "flip_resamples",
        "answer_units",
        "pies",
    )
}
BEHAVIOUR_TABLES["answers"] = f"{PATHS.tables}/answers.npz"
# Nothing is scored where there is no contrast set.
CONTRAST_TABLES = (
    {
        "contrasts": f"{PATHS.tables}/contrasts.csv",
        "item_table": f"{PATHS.tables}/contrast_items.csv",
        "margins": f"{PATHS.tables}/contrast_margins.npz",
    }
    if PLAN.behaviour.sets
    else {}
)


# Nor drawn.
BEHAVIOUR_TITLES = {
    name: title
    for name, title in titles.BEHAVIOUR.items()
    if PLAN.behaviour.sets or name not in titles.CONTRASTS
}
BEHAVIOUR_FIGURES = get_figures(BEHAVIOUR_TITLES)


wildcard_constraints:
    set=r"[A-Za-z0-9][A-Za-z0-9_-]*",


rule behaviour:
    input:
        BEHAVIOUR_TABLES.values(),
        CONTRAST_TABLES.values(),
        BEHAVIOUR_FIGURES,


rule contrast_source:
    output:
        # What is fetched lies beside it, so both stay on this disk whatever the default storage.
        manifest=local(CONTRAST_MANIFEST),
    log:
        "logs/sources/contrasts/{name}.log",
    benchmark:
        "logs/sources/contrasts/{name}.jsonl"
    # Compute nodes seldom have the internet. (`localrules` would not know a module's prefix.)
    localrule: True
    conda:
        "../envs/ticketscope.yaml"
    resources:
        mirror=MIRROR,
    params:
        code=code("contrast_source.py"),
    script:
        "../workflow/scripts/contrast_source.py"


rule toy_contrasts:
    input:
        # No contrast has a sentence of the corpus.
        corpus=expand(f"{PATHS.toy}/{{split}}.en", split=TOY_SPLITS),
        train=[f"{PATHS.raw}/train.{language}" for language in PLAN.texts.languages],
    output:
        contrasts=PATHS.toy_contrasts,
    log:
        f"{BEHAVIOUR_LOG}/toy_contrasts.log",
    benchmark:
        f"{BEHAVIOUR_LOG}/toy_contrasts.jsonl"
    conda:
        "../envs/ticketscope.yaml"
    params:
        settings=PLAN.behaviour.toy_settings(),
        code=code("toy_contrasts.py"),
    script:
        "../workflow/scripts/toy_contrasts.py"


rule contrast_set:
    input:
        given=lambda wildcards: keep_local(PLAN.behaviour.given(wildcards)),
        codes=f"{PATHS.bpe}/codes",
        data=PATHS.binary,
    output:
        contrasts=f"{PATHS.contrasts}.tsv",
        subwords=expand(
            f"{PATHS.contrasts}.{{side}}.subwords", side=SIDES, allow_missing=True
        ),
    log:
        f"{SET_LOG}.log",
    benchmark:
        f"{SET_LOG}.jsonl"
    conda:
        "../envs/ticketscope.yaml"
    params:
        settings=PLAN.behaviour.set_settings,
        code=code("contrast_set.py"),
    script:
        "../workflow/scripts/contrast_set.py"


rule score_contrasts:
    input:
        checkpoint=PLAN.training.decoded_checkpoint,
        data=PATHS.binary,
        subwords=PLAN.behaviour.subwords,
    output:
        scores=f"{PATHS.behaviour}.contrasts.npz",
    log:
        f"{BEHAVIOUR_LOG}/{TICKET}.contrasts.log",
    benchmark:
        f"{BEHAVIOUR_LOG}/{TICKET}.contrasts.jsonl"
    conda:
        "../envs/ticketscope.yaml"
    resources:
        **get_resources("score_contrasts"),
    params:
        settings={
            "sets": list(PLAN.behaviour.sets),
            "max_tokens": CONFIG.behaviour.max_tokens,
        },
        code=code("score_contrasts.py", PLUGIN),
    script:
        "../workflow/scripts/score_contrasts.py"


rule contrasts:
    input:
        scores=PLAN.per_ticket(f"{PATHS.behaviour}.contrasts.npz"),
        sets=PLAN.behaviour.items,
    output:
        **CONTRAST_TABLES,
    log:
        f"{LOGS}/tables/contrasts.log",
    benchmark:
        f"{LOGS}/tables/contrasts.jsonl"
    conda:
        "../envs/ticketscope.yaml"
    resources:
        **get_resources("contrasts"),
    params:
        settings={
            "tickets": [list(name) for name in PLAN.tickets],
            "sets": list(PLAN.behaviour.sets),
            "resamples": CONFIG.behaviour.resamples,
        },
        code=code("contrasts.py"),
    script:
        "../workflow/scripts/contrasts.py"


rule probabilities:
    input:
        checkpoint=PLAN.training.decoded_checkpoint,
        others=lambda wildcards: PLAN.behaviour.partner_checkpoints(
            wildcards, PLAN.training.decoded_checkpoint
        ),
        data=PATHS.binary,
        source=f"{PATHS.bpe}/{DECODED}.{SOURCE}",
        target=f"{PATHS.bpe}/{DECODED}.{TARGET}",
    output:
        table=f"{PATHS.behaviour}.probabilities.csv",
    log:
        f"{BEHAVIOUR_LOG}/{TICKET}.probabilities.log",
    benchmark:
        f"{BEHAVIOUR_LOG}/{TICKET}.probabilities.jsonl"
    conda:
        "../envs/ticketscope.yaml"
    resources:
        **get_resources("probabilities"),
    params:
        settings=PLAN.behaviour.probability_settings,
        code=code("probabilities.py", PLUGIN),
    script:
        "../workflow/scripts/probabilities.py"


# Tables of other measurements are collected by copies of this rule.
rule collect_probabilities:
    input:
        tables=PLAN.per_ticket(f"{PATHS.behaviour}.probabilities.csv"),
    output:
        table=BEHAVIOUR_TABLES["probabilities"],
    log:
        f"{LOGS}/tables/probabilities.log",
    benchmark:
        f"{LOGS}/tables/probabilities.jsonl"
    conda:
        "../envs/ticketscope.yaml"
    params:
        code=code("collect_tables.py"),
    script:
        "../workflow/scripts/collect_tables.py"


rule translated_words:
    input:
        hypotheses=PLAN.per_ticket(f"{PATHS.hypotheses}.subwords.txt"),
        source=f"{PATHS.bpe}/{DECODED}.{SOURCE}",
        target=f"{PATHS.bpe}/{DECODED}.{TARGET}",
        train=PLAN.texts.train_subwords(TARGET),
        texts=PLAN.per_ticket(f"{PATHS.hypotheses}.txt"),
        reference=f"{PATHS.raw}/{DECODED}.{TARGET}",
    output:
        words=BEHAVIOUR_TABLES["words"],
        lengths=BEHAVIOUR_TABLES["lengths"],
        decoding=BEHAVIOUR_TABLES["decoding"],
    log:
        f"{LOGS}/tables/words.log",
    benchmark:
        f"{LOGS}/tables/words.jsonl"
    conda:
        "../envs/ticketscope.yaml"
    resources:
        **get_resources("translated_words"),
    params:
        settings={
            "tickets": [list(name) for name in PLAN.tickets],
            "tokenizer": TOKENIZER,
            "edges": CONFIG.behaviour.word_edges,
            "length_edges": CONFIG.behaviour.length_edges,
            "resamples": CONFIG.behaviour.resamples,
        },
        code=code("translated_words.py"),
    script:
        "../workflow/scripts/translated_words.py"


# The same of the further test texts, a job a text; `further_tests` collects them.
use rule translated_words as further_words with:
    input:
        hypotheses=PLAN.per_ticket(
            f"{PATHS.further_hypotheses}.subwords.txt", split="{split}"
        ),
        source=f"{PATHS.bpe}/{{split}}.{SOURCE}",
        target=f"{PATHS.bpe}/{{split}}.{TARGET}",
        train=rules.translated_words.input.train,
        texts=PLAN.per_ticket(f"{PATHS.further_hypotheses}.txt", split="{split}"),
        reference=f"{PATHS.raw}/{{split}}.{TARGET}",
    output:
        words=f"{PATHS.tables}/words/{{split}}.csv",
        lengths=f"{PATHS.tables}/lengths/{{split}}.csv",
        decoding=f"{PATHS.tables}/decoding/{{split}}.csv",
    log:
        f"{LOGS}/tables/words/{{split}}.log",
    benchmark:
        f"{LOGS}/tables/words/{{split}}.jsonl"


rule flips:
    input:
        hypotheses=PLAN.per_ticket(f"{PATHS.hypotheses}.txt"),
        reference=f"{PATHS.raw}/{DECODED}.{TARGET}",
        source=f"{PATHS.raw}/{DECODED}.{SOURCE}",
        words=f"{PATHS.bpe}/{DECODED}.{SOURCE}",
        train=PLAN.texts.train_subwords(SOURCE),
        derivations=PLAN.texts.derivations(DECODED),
        contrasts=CONTRAST_TABLES.values(),
        probes=PROBES["probes"] if PLAN.probing.tasks else [],
        predictions=PLAN.probing.per_job(".npz"),
        instances=PLAN.probing.test_instances,
    output:
        table=BEHAVIOUR_TABLES["flips"],
        resamples=BEHAVIOUR_TABLES["flip_resamples"],
        answers=BEHAVIOUR_TABLES["answers"],
        units=BEHAVIOUR_TABLES["answer_units"],
    log:
        f"{LOGS}/tables/flips.log",
    benchmark:
        f"{LOGS}/tables/flips.jsonl"
    conda:
        "../envs/ticketscope.yaml"
    resources:
        **get_resources("flips"),
    params:
        settings={
            "tickets": [list(name) for name in PLAN.tickets],
            "seeds": CONFIG.seeds,
            "tokenizer": TOKENIZER,
            "chrf": CONFIG.behaviour.chrf,
            "tasks": list(PLAN.probing.tasks),
            "jobs": [
                [name.seed, name.series, name.k, part]
                for name, part in PLAN.probing.jobs
            ],
        },
        code=code("flips.py"),
    script:
        "../workflow/scripts/flips.py"


rule pies:
    input:
        # By path, since another rule makes them in a joined experiment.
        answers=BEHAVIOUR_TABLES["answers"],
        units=BEHAVIOUR_TABLES["answer_units"],
    output:
        table=BEHAVIOUR_TABLES["pies"],
    log:
        f"{LOGS}/tables/pies.log",
    benchmark:
        f"{LOGS}/tables/pies.jsonl"
    conda:
        "../envs/ticketscope.yaml"
    resources:
        **get_resources("pies"),
    params:
        code=code("pies.py"),
    script:
        "../workflow/scripts/pies.py"


use rule plot_sparsity as plot_behaviour with:
    input:
        # By path, since another rule makes them in a joined experiment.
        sparsity=f"{PATHS.tables}/sparsity.csv",
        table_a1=f"{PATHS.tables}/table_a1.csv",
        words=BEHAVIOUR_TABLES["words"],
        lengths=BEHAVIOUR_TABLES["lengths"],
        decoding=BEHAVIOUR_TABLES["decoding"],
        flips=BEHAVIOUR_TABLES["flips"],
        probabilities=BEHAVIOUR_TABLES["probabilities"],
        contrasts=CONTRAST_TABLES.get("contrasts", []),
        contrast_items=CONTRAST_TABLES.get("item_table", []),
        contrast_margins=CONTRAST_TABLES.get("margins", []),
        probes=PROBES["probes"] if PLAN.probing.tasks else [],
    output:
        **get_figure_outputs(BEHAVIOUR_TITLES, "Behaviour"),
    log:
        f"{LOGS}/figures/behaviour.log",
    benchmark:
        f"{LOGS}/figures/behaviour.jsonl"
    params:
        **get_figure_params("behaviour", BEHAVIOUR_TITLES),
