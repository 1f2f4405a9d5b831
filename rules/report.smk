# Figures, and the page that shows what was found.


rule report:
    input:
        f"{RESULTS}/figures/bleu_sparsity.svg",
        f"{TABLES}/claims.csv",
        f"{RESULTS}/report.html",


rule plot_bleu:
    input:
        table=f"{RESULTS}/tables/table_a1.csv",
    output:
        svg=report(
            f"{RESULTS}/figures/bleu_sparsity.svg",
            caption="../workflow/report/bleu_sparsity.rst",
            category="Tickets",
        ),
        pdf=f"{RESULTS}/figures/bleu_sparsity.pdf",
    log:
        f"{LOGS}/figures/bleu_sparsity.log",
    benchmark:
        f"{LOGS}/figures/bleu_sparsity.jsonl"
    conda:
        "../envs/dissect.yaml"
    threads: 1
    params:
        settings={"split": CONFIG.decoding.split},
        code=code("plot_bleu.py"),
    script:
        "../workflow/scripts/plot_bleu.py"


rule claims:
    input:
        sparsity=f"{TABLES}/sparsity.csv",
        table_a1=f"{TABLES}/table_a1.csv",
        module_sparsity=f"{TABLES}/module_sparsity.csv",
        similarity=f"{TABLES}/similarity.csv",
        neuron_maxima=f"{TABLES}/neuron_maxima.npz",
        spectra=f"{TABLES}/spectra.csv",
        categories=f"{TABLES}/categories.csv",
        attention_concentration=f"{TABLES}/attention_concentration.csv",
        probes=PROBING_TABLES["probes"] if PLAN.tasks else [],
        probe_differences=PROBING_TABLES["differences"] if PLAN.tasks else [],
        probe_trends=PROBING_TABLES["trends"] if PLAN.tasks else [],
    output:
        claims=f"{TABLES}/claims.csv",
    log:
        f"{LOGS}/tables/claims.log",
    benchmark:
        f"{LOGS}/tables/claims.jsonl"
    conda:
        "../envs/dissect.yaml"
    threads: 1
    resources:
        mem_mb=get_memory,
        runtime=get_runtime,
    params:
        code=code("claims.py"),
    script:
        "../workflow/scripts/claims.py"


rule report_page:
    input:
        claims=f"{TABLES}/claims.csv",
        table=f"{RESULTS}/tables/table_a1.csv",
        corpus=f"{RESULTS}/tables/corpus.csv",
        figure=f"{RESULTS}/figures/bleu_sparsity.svg",
        similarity=expand(
            f"{RESULTS}/figures/{{figure}}.svg", figure=SIMILARITY_FIGURES
        ),
        probing=get_probing_figures(),
        probing_tables=[
            PROBING_TABLES[name]
            for name in ("table_a2", "table_a3", "trends")
            if PLAN.tasks
        ],
        free_statistics=[
            f"{FREE}/{task}/statistics.json"
            for task in PLAN.tasks
            if CONFIG.probing.suite == "free" and task in FREE_TASKS
        ],
    output:
        page=f"{RESULTS}/report.html",
    log:
        f"{LOGS}/report.log",
    benchmark:
        f"{LOGS}/report.jsonl"
    conda:
        "../envs/dissect.yaml"
    threads: 1
    params:
        settings={
            "experiment": CONFIG.experiment,
            "suite": CONFIG.probing.suite,
            "skipped": dict(PLAN.skipped),
        },
        code=code("report_page.py"),
    script:
        "../workflow/scripts/report_page.py"
