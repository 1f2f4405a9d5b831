# Decoding and scoring (section 3.1, Table A1).


FURTHER_TABLES = (
    {
        name: f"{PATHS.tables}/further_{name}.csv"
        for name in ("tests", "words", "lengths", "decoding")
    }
    if PLAN.texts.tests
    else {}
)
COMET_TABLE = [f"{PATHS.tables}/comet.csv"] if CONFIG.scoring.comet else []
IN_FURTHER = DECODED in PLAN.texts.further


rule translations:
    input:
        PLAN.per_ticket(f"{PATHS.hypotheses}.txt"),
        FURTHER_TABLES.values(),
        COMET_TABLE,


rule table_a1:
    input:
        f"{PATHS.tables}/table_a1.csv",
        f"{PATHS.tables}/table_a1.md",


rule translate:
    input:
        checkpoint=PLAN.training.decoded_checkpoint,
        data=(
            PATHS.further_binary.format(split=DECODED) if IN_FURTHER else PATHS.binary
        ),
        source=f"{PATHS.bpe}/{DECODED}.{SOURCE}",
    output:
        subwords=f"{PATHS.hypotheses}.subwords.txt",
        text=f"{PATHS.hypotheses}.txt",
    log:
        f"{LOGS}/translations/seed{{seed}}/{{series}}/LTH{{k}}.log",
    benchmark:
        f"{LOGS}/translations/seed{{seed}}/{{series}}/LTH{{k}}.jsonl"
    conda:
        "../envs/ticketscope.yaml"
    resources:
        **get_resources("translate"),
    params:
        settings=CONFIG.sections("decoding", "languages")
        | {
            "subset": "test" if IN_FURTHER else DECODED,
            "tokenizer": TOKENIZER,
        },
        code=code("translate.py", PLUGIN),
    script:
        "../workflow/scripts/translate.py"


use rule translate as translate_further with:
    input:
        checkpoint=PLAN.training.decoded_checkpoint,
        data=PATHS.further_binary,
        source=f"{PATHS.bpe}/{{split}}.{SOURCE}",
    output:
        subwords=f"{PATHS.further_hypotheses}.subwords.txt",
        text=f"{PATHS.further_hypotheses}.txt",
    log:
        f"{LOGS}/translations/seed{{seed}}/{{series}}/LTH{{k}}.{{split}}.log",
    benchmark:
        f"{LOGS}/translations/seed{{seed}}/{{series}}/LTH{{k}}.{{split}}.jsonl"
    params:
        settings=CONFIG.sections("decoding", "languages")
        | {"subset": "test", "tokenizer": TOKENIZER},


rule score:
    input:
        reference=f"{PATHS.raw}/{DECODED}.{TARGET}",
        hypotheses=files_of_seed(PLAN.tickets_of_seed, f"{PATHS.hypotheses}.txt"),
    output:
        table=f"{PATHS.tables}/bleu/seed{{seed}}.csv",
        resamples=f"{PATHS.tables}/bleu/seed{{seed}}.resamples.csv",
    log:
        f"{LOGS}/tables/bleu/seed{{seed}}.log",
    benchmark:
        f"{LOGS}/tables/bleu/seed{{seed}}.jsonl"
    conda:
        "../envs/ticketscope.yaml"
    resources:
        **get_resources("score"),
    params:
        settings=lambda wildcards: {
            "tickets": [
                [name.series, name.k]
                for name in PLAN.tickets_of_seed(int(wildcards.seed))
            ],
            "language": TARGET,
            "resamples": CONFIG.scoring.resamples,
        },
        code=code("score.py"),
    script:
        "../workflow/scripts/score.py"


use rule score as score_further with:
    input:
        reference=f"{PATHS.raw}/{{split}}.{TARGET}",
        hypotheses=files_of_seed(
            PLAN.tickets_of_seed, f"{PATHS.further_hypotheses}.txt"
        ),
    output:
        table=f"{PATHS.tables}/bleu/{{split}}.seed{{seed}}.csv",
        resamples=f"{PATHS.tables}/bleu/{{split}}.seed{{seed}}.resamples.csv",
    log:
        f"{LOGS}/tables/bleu/{{split}}.seed{{seed}}.log",
    benchmark:
        f"{LOGS}/tables/bleu/{{split}}.seed{{seed}}.jsonl"


rule further_tests:
    input:
        tests=expand(
            f"{PATHS.tables}/bleu/{{split}}.seed{{seed}}.csv",
            seed=CONFIG.seeds,
            split=PLAN.texts.tests,
        ),
        words=expand(f"{PATHS.tables}/words/{{split}}.csv", split=PLAN.texts.tests),
        lengths=expand(f"{PATHS.tables}/lengths/{{split}}.csv", split=PLAN.texts.tests),
        decoding=expand(
            f"{PATHS.tables}/decoding/{{split}}.csv", split=PLAN.texts.tests
        ),
    output:
        **FURTHER_TABLES,
    log:
        f"{LOGS}/tables/further_tests.log",
    benchmark:
        f"{LOGS}/tables/further_tests.jsonl"
    conda:
        "../envs/ticketscope.yaml"
    params:
        settings={"splits": PLAN.texts.tests},
        code=code("further_tests.py"),
    script:
        "../workflow/scripts/further_tests.py"


rule comet:
    input:
        hypotheses=PLAN.per_ticket(f"{PATHS.hypotheses}.txt"),
        source=f"{PATHS.raw}/{DECODED}.{SOURCE}",
        reference=f"{PATHS.raw}/{DECODED}.{TARGET}",
        model=local(CONFIG.scoring.comet.model) if CONFIG.scoring.comet else [],
    output:
        table=COMET_TABLE,
    log:
        f"{LOGS}/tables/comet.log",
    benchmark:
        f"{LOGS}/tables/comet.jsonl"
    conda:
        "../envs/ticketscope.yaml"
    resources:
        **get_resources("comet"),
    params:
        settings=CONFIG.sections("scoring")
        | {"tickets": [list(name) for name in PLAN.tickets]},
        code=code("comet.py"),
    script:
        "../workflow/scripts/comet.py"


rule collect_table_a1:
    input:
        bleu=expand(f"{PATHS.tables}/bleu/seed{{seed}}.csv", seed=CONFIG.seeds),
        sparsity=f"{PATHS.tables}/sparsity.csv",
    output:
        table=report(
            f"{PATHS.tables}/table_a1.csv",
            "../workflow/report/table_a1.rst",
            "Translation (section 3.3)",
            "Tables",
            labels={"table": "Table A1: sparsity and BLEU of every ticket"},
        ),
        rendered=f"{PATHS.tables}/table_a1.md",
    log:
        f"{LOGS}/tables/table_a1.log",
    benchmark:
        f"{LOGS}/tables/table_a1.jsonl"
    conda:
        "../envs/ticketscope.yaml"
    params:
        settings={
            "experiment": CONFIG.experiment,
            # How long tickets were trained elsewhere is unknown.
            "epochs_seen": (
                {} if CONFIG.external_tickets.tickets else PLAN.training.epochs_seen
            ),
        },
        code=code("table_a1.py"),
    script:
        "../workflow/scripts/table_a1.py"
