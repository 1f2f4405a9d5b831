# Decoding and scoring (section 3.1, Table A1).

HYPOTHESES = f"{RESULTS}/translations/seed{{seed}}/{{series}}/LTH{{k}}"


rule translations:
    input:
        per_ticket(f"{HYPOTHESES}.txt"),


rule table_a1:
    input:
        f"{RESULTS}/tables/table_a1.csv",
        f"{RESULTS}/tables/table_a1.md",


rule translate:
    input:
        checkpoint=f"{TICKET}/averaged.pt" if AVERAGED else f"{TICKET}/checkpoint.pt",
        data=f"{CORPUS}/bin",
        source=f"{CORPUS}/bpe/{CONFIG.decoding.split}.{SOURCE}",
    output:
        subwords=f"{HYPOTHESES}.subwords.txt",
        text=f"{HYPOTHESES}.txt",
    log:
        f"{LOGS}/translations/seed{{seed}}/{{series}}/LTH{{k}}.log",
    benchmark:
        f"{LOGS}/translations/seed{{seed}}/{{series}}/LTH{{k}}.jsonl"
    conda:
        "../envs/ticketscope.yaml"
    threads: 1
    resources:
        gpu=1,
        mem_mb=get_memory,
        runtime=get_runtime,
    params:
        settings=settings("decoding", "languages") | {"splits": SPLITS},
        code=code("translate.py", PLUGIN),
    script:
        "../workflow/scripts/translate.py"


rule score:
    input:
        reference=f"{CORPUS}/raw/{CONFIG.decoding.split}.{TARGET}",
        hypotheses=lambda wildcards: [
            f"{RESULTS}/translations/seed{wildcards.seed}/{series}/LTH{k}.txt"
            for series, k in CONFIG.tickets(int(wildcards.seed))
        ],
    output:
        table=f"{RESULTS}/tables/bleu/seed{{seed}}.csv",
    log:
        f"{LOGS}/tables/bleu/seed{{seed}}.log",
    benchmark:
        f"{LOGS}/tables/bleu/seed{{seed}}.jsonl"
    conda:
        "../envs/ticketscope.yaml"
    threads: 1
    resources:
        mem_mb=get_memory,
        runtime=get_runtime,
    params:
        settings=lambda wildcards: {
            "tickets": [list(name) for name in CONFIG.tickets(int(wildcards.seed))],
            "language": TARGET,
            "resamples": CONFIG.scoring.resamples,
        },
        code=code("score.py"),
    script:
        "../workflow/scripts/score.py"


rule collect_table_a1:
    input:
        bleu=expand(f"{RESULTS}/tables/bleu/seed{{seed}}.csv", seed=CONFIG.seeds),
        sparsity=f"{RESULTS}/tables/sparsity.csv",
    output:
        table=f"{RESULTS}/tables/table_a1.csv",
        rendered=f"{RESULTS}/tables/table_a1.md",
    log:
        f"{LOGS}/tables/table_a1.log",
    benchmark:
        f"{LOGS}/tables/table_a1.jsonl"
    conda:
        "../envs/ticketscope.yaml"
    threads: 1
    params:
        settings={
            "experiment": CONFIG.experiment,
            # Nobody tells how long tickets were trained elsewhere.
            "epochs_seen": [
                CONFIG.epochs_seen(k)
                for k in range(CONFIG.pruning.iterations + 1)
                if not EXTERNAL.tickets
            ],
        },
        code=code("table_a1.py"),
    script:
        "../workflow/scripts/table_a1.py"
