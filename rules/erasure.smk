# Cause, not correlation: what translation loses with an erased property (docs/steps/erasure.md).

# Nothing is erased where nothing is probed that can be.
ERASURE_TABLE = f"{PATHS.tables}/erasure.csv" if PLAN.erasure.tasks else []
ERASURE_FIGURES = get_figures(titles.ERASURE if PLAN.erasure.tasks else {})


rule erasure:
    input:
        ERASURE_TABLE,
        ERASURE_FIGURES,


rule erase:
    input:
        checkpoint=PLAN.training.decoded_checkpoint,
        data=PATHS.binary,
        words=PLAN.erasure.words,
        texts=PLAN.erasure.aligned_texts,
        instances=PLAN.erasure.instances,
        source=f"{PATHS.bpe}/{DECODED}.{SOURCE}",
        target=f"{PATHS.bpe}/{DECODED}.{TARGET}",
        reference=f"{PATHS.raw}/{DECODED}.{TARGET}",
        sets=PLAN.behaviour.items,
        subwords=PLAN.behaviour.subwords,
    output:
        table=f"{PATHS.behaviour}.erasure.csv",
    log:
        f"{LOGS}/behaviour/{TICKET}.erasure.log",
    benchmark:
        f"{LOGS}/behaviour/{TICKET}.erasure.jsonl"
    conda:
        "../envs/ticketscope.yaml"
    resources:
        **get_resources("erase"),
    params:
        settings={
            "tasks": PLAN.erasure.texts,
            "sets": list(PLAN.behaviour.sets),
            "items": CONFIG.behaviour.erase.items,
            "draws": CONFIG.behaviour.erase.draws,
            "sentences": CONFIG.behaviour.erase.sentences,
            "language": TARGET,
            "tokenizer": TOKENIZER,
            "max_tokens": CONFIG.behaviour.max_tokens,
            "resamples": CONFIG.behaviour.resamples,
        },
        code=code("erase.py", PLUGIN),
    script:
        "../workflow/scripts/erase.py"


use rule collect_probabilities as collect_erasure with:
    input:
        tables=PLAN.erasure.tables,
    output:
        table=f"{PATHS.tables}/erasure.csv",
    log:
        f"{LOGS}/tables/erasure.log",
    benchmark:
        f"{LOGS}/tables/erasure.jsonl"


use rule plot_sparsity as plot_erasure with:
    input:
        # By its path: in a joined experiment another rule makes it.
        erasure=f"{PATHS.tables}/erasure.csv",
        contrasts=CONTRAST_TABLES.get("contrasts", []),
    output:
        **get_figure_outputs(titles.ERASURE, "Behaviour"),
    log:
        f"{LOGS}/figures/erasure.log",
    benchmark:
        f"{LOGS}/figures/erasure.jsonl"
    params:
        **get_figure_params("erasure", titles.ERASURE),
