# How alike the tickets are (section 5).

SIMILARITY_LOG = f"{LOGS}/similarity/{TICKET}"


rule similarity:
    input:
        f"{PATHS.tables}/similarity.csv",
        f"{PATHS.tables}/spectra.csv",
        f"{PATHS.tables}/attention_concentration.csv",
        f"{PATHS.tables}/categories.csv",
        f"{PATHS.tables}/neuron_maxima.npz",
        get_figures(titles.SIMILARITY),


rule compare_ticket:
    input:
        ticket=PATHS.representations,
        others=PLAN.comparisons.stores,
        counts=f"{PATHS.raw}/{CONFIG.representations.split}.json",
    output:
        similarity=f"{PATHS.similarity}.csv",
        spectra=f"{PATHS.similarity}.spectra.csv",
        concentration=f"{PATHS.similarity}.concentration.csv",
        matrices=f"{PATHS.similarity}.npz",
    log:
        f"{SIMILARITY_LOG}.log",
    benchmark:
        f"{SIMILARITY_LOG}.jsonl"
    conda:
        "../envs/ticketscope.yaml"
    resources:
        **get_resources("compare_ticket"),
    params:
        settings=PLAN.comparisons.settings,
        code=code("similarity.py"),
    script:
        "../workflow/scripts/similarity.py"


rule categories_of_text:
    input:
        subwords=f"{PATHS.bpe}/{CONFIG.representations.split}.{SOURCE}",
        train=PLAN.texts.train_subwords(SOURCE),
        dictionary=(
            []
            if PLAN.texts.train_subwords(SOURCE)
            else keep_local(PLAN.texts.dictionaries[:1])
        ),
        raw=f"{PATHS.raw}/{CONFIG.representations.split}.{SOURCE}",
        derivations=PLAN.texts.derivations(CONFIG.representations.split),
        files=[
            local(file)
            for file in CONFIG.similarity.labels.values()
            if isinstance(file, str)
        ],
    output:
        categories=f"{PATHS.results}/similarity/categories.npz",
        report=f"{PATHS.results}/similarity/alignment.json",
    log:
        f"{LOGS}/similarity/categories.log",
    benchmark:
        f"{LOGS}/similarity/categories.jsonl"
    conda:
        "../envs/ticketscope.yaml"
    resources:
        **get_resources("categories_of_text"),
    params:
        settings={
            "labels": CONFIG.similarity.labels,
            "edges": CONFIG.similarity.frequency_edges,
            "tokenizer": TOKENIZER,
        },
        code=code("categories_of_text.py"),
    script:
        "../workflow/scripts/categories_of_text.py"


rule categories:
    input:
        ticket=PATHS.representations,
        dense=PLAN.comparisons.dense_store,
        categories=rules.categories_of_text.output.categories,
    output:
        table=f"{PATHS.similarity}.categories.csv",
    log:
        f"{SIMILARITY_LOG}.categories.log",
    benchmark:
        f"{SIMILARITY_LOG}.categories.jsonl"
    conda:
        "../envs/ticketscope.yaml"
    resources:
        **get_resources("categories"),
    params:
        settings=CONFIG.similarity.model_dump(
            mode="json", include={"least", "resamples", "block"}
        ),
        code=code("categories.py"),
    script:
        "../workflow/scripts/categories.py"


rule collect_similarity:
    input:
        similarity=PLAN.per_ticket(f"{PATHS.similarity}.csv"),
        spectra=PLAN.per_ticket(f"{PATHS.similarity}.spectra.csv"),
        concentration=PLAN.per_ticket(f"{PATHS.similarity}.concentration.csv"),
        matrices=PLAN.per_ticket(f"{PATHS.similarity}.npz"),
        categories=[
            name.fill(f"{PATHS.similarity}.categories.csv")
            for name in PLAN.tickets
            if name.k
        ],
    output:
        similarity=f"{PATHS.tables}/similarity.csv",
        spectra=f"{PATHS.tables}/spectra.csv",
        concentration=f"{PATHS.tables}/attention_concentration.csv",
        categories=f"{PATHS.tables}/categories.csv",
        maxima=f"{PATHS.tables}/neuron_maxima.npz",
    log:
        f"{LOGS}/tables/similarity.log",
    benchmark:
        f"{LOGS}/tables/similarity.jsonl"
    conda:
        "../envs/ticketscope.yaml"
    params:
        settings={"tickets": [list(name) for name in PLAN.tickets]},
        code=code("collect_similarity.py"),
    script:
        "../workflow/scripts/collect_similarity.py"


use rule plot_sparsity as plot_similarity with:
    input:
        # By path, since another rule makes them in a joined experiment.
        similarity=f"{PATHS.tables}/similarity.csv",
        spectra=f"{PATHS.tables}/spectra.csv",
        categories=f"{PATHS.tables}/categories.csv",
        attention_concentration=f"{PATHS.tables}/attention_concentration.csv",
        neuron_maxima=f"{PATHS.tables}/neuron_maxima.npz",
        sparsity=f"{PATHS.tables}/sparsity.csv",
    output:
        **get_figure_outputs(titles.SIMILARITY, "Similarity (section 5)"),
    log:
        f"{LOGS}/figures/similarity.log",
    benchmark:
        f"{LOGS}/figures/similarity.jsonl"
    resources:
        **get_resources("plot_similarity"),
    params:
        **get_figure_params("similarity", titles.SIMILARITY),
