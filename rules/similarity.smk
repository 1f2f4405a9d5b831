# How alike the tickets are (section 5).

SIMILARITY = f"{RESULTS}/similarity/seed{{seed}}/{{series}}/LTH{{k}}"
SIMILARITY_LOG = f"{LOGS}/similarity/seed{{seed}}/{{series}}/LTH{{k}}"
TABLES = f"{RESULTS}/tables"


rule similarity:
    input:
        f"{TABLES}/similarity.csv",
        f"{TABLES}/spectra.csv",
        f"{TABLES}/attention_concentration.csv",
        f"{TABLES}/categories.csv",
        f"{TABLES}/neuron_maxima.npz",
        expand(f"{RESULTS}/figures/{{figure}}.svg", figure=SIMILARITY_FIGURES),


rule compare_ticket:
    input:
        own=REPRESENTATION,
        others=get_compared_stores,
    output:
        similarity=f"{SIMILARITY}.csv",
        spectra=f"{SIMILARITY}.spectra.csv",
        concentration=f"{SIMILARITY}.concentration.csv",
        matrices=f"{SIMILARITY}.npz",
    log:
        f"{SIMILARITY_LOG}.log",
    benchmark:
        f"{SIMILARITY_LOG}.jsonl"
    conda:
        "../envs/ticketscope.yaml"
    threads: 1
    resources:
        gpu=1,
        mem_mb=get_memory,
        runtime=get_runtime,
    params:
        settings=get_comparison_settings,
        code=code("similarity.py"),
    script:
        "../workflow/scripts/similarity.py"


rule categories_of_text:
    input:
        subwords=f"{READ}.{SOURCE}",
        train=[f"{CORPUS}/bpe/train.{SOURCE}"] if "train" in SPLITS else [],
        dictionary=DICTIONARIES[:1] if "train" not in SPLITS else [],
        raw=f"{CORPUS}/raw/{CONFIG.representations.split}.{SOURCE}",
        derivations=get_derivations(CONFIG.representations.split),
        files=[
            local(file)
            for file in CONFIG.similarity.labels.values()
            if isinstance(file, str)
        ],
    output:
        categories=f"{RESULTS}/similarity/categories.npz",
        report=f"{RESULTS}/similarity/alignment.json",
    log:
        f"{LOGS}/similarity/categories.log",
    benchmark:
        f"{LOGS}/similarity/categories.jsonl"
    conda:
        "../envs/ticketscope.yaml"
    threads: 1
    resources:
        mem_mb=get_memory,
        runtime=get_runtime,
    params:
        settings={
            "labels": CONFIG.similarity.labels,
            "edges": CONFIG.similarity.frequency_edges,
        },
        code=code("categories_of_text.py"),
    script:
        "../workflow/scripts/categories_of_text.py"


rule categories:
    input:
        own=REPRESENTATION,
        dense=lambda wildcards: REPRESENTATION.format(
            seed=wildcards.seed, series="dense", k=0
        ),
        categories=rules.categories_of_text.output.categories,
    output:
        table=f"{SIMILARITY}.categories.csv",
    log:
        f"{SIMILARITY_LOG}.categories.log",
    benchmark:
        f"{SIMILARITY_LOG}.categories.jsonl"
    conda:
        "../envs/ticketscope.yaml"
    threads: 1
    resources:
        gpu=1,
        mem_mb=get_memory,
        runtime=get_runtime,
    params:
        settings=CONFIG.similarity.model_dump(
            mode="json", include={"least", "resamples", "block"}
        ),
        code=code("categories.py"),
    script:
        "../workflow/scripts/categories.py"


rule collect_similarity:
    input:
        similarity=per_ticket(f"{SIMILARITY}.csv"),
        spectra=per_ticket(f"{SIMILARITY}.spectra.csv"),
        concentration=per_ticket(f"{SIMILARITY}.concentration.csv"),
        matrices=per_ticket(f"{SIMILARITY}.npz"),
        categories=[
            f"{SIMILARITY}.categories.csv".format(seed=seed, series=series, k=k)
            for seed, series, k in TICKETS
            if k
        ],
    output:
        similarity=f"{TABLES}/similarity.csv",
        spectra=f"{TABLES}/spectra.csv",
        concentration=f"{TABLES}/attention_concentration.csv",
        categories=f"{TABLES}/categories.csv",
        maxima=f"{TABLES}/neuron_maxima.npz",
    log:
        f"{LOGS}/tables/similarity.log",
    benchmark:
        f"{LOGS}/tables/similarity.jsonl"
    conda:
        "../envs/ticketscope.yaml"
    threads: 1
    params:
        settings={"tickets": [list(name) for name in TICKETS]},
        code=code("collect_similarity.py"),
    script:
        "../workflow/scripts/collect_similarity.py"


rule plot_similarity:
    input:
        similarity=rules.collect_similarity.output.similarity,
        spectra=rules.collect_similarity.output.spectra,
        categories=rules.collect_similarity.output.categories,
        attention_concentration=rules.collect_similarity.output.concentration,
        neuron_maxima=rules.collect_similarity.output.maxima,
        sparsity=f"{TABLES}/sparsity.csv",
    output:
        **get_figure_outputs(SIMILARITY_FIGURES, "Similarity (section 5)"),
    log:
        f"{LOGS}/figures/similarity.log",
    benchmark:
        f"{LOGS}/figures/similarity.jsonl"
    conda:
        "../envs/ticketscope.yaml"
    threads: 1
    resources:
        mem_mb=get_memory,
        runtime=get_runtime,
    params:
        settings={"figures": list(SIMILARITY_FIGURES)},
        code=code("plot_similarity.py"),
    script:
        "../workflow/scripts/plot_similarity.py"
