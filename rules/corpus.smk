# From raw parallel text to fairseq's binary data (section 3.1, appendix A.1).

CORPUS = f"{RESULTS}/corpus"
CORPUS_LOG = f"{LOGS}/corpus"


# Compute nodes seldom have the internet: what fetches runs where snakemake does.
localrules:
    download,
    free_source,


# With the text comes all else that needs a network, so that what follows needs none.
rule corpus:
    input:
        f"{CORPUS}/bin",
        f"{RESULTS}/tables/corpus.csv",
        get_probing_sources(),


rule download:
    output:
        # What is fetched lies beside it, so both stay on this disk whatever the default storage.
        manifest=local("resources/sources/{source}.json"),
    log:
        "logs/sources/{source}.log",
    benchmark:
        "logs/sources/{source}.jsonl"
    conda:
        "../envs/ticketscope.yaml"
    threads: 1
    params:
        mirror=MIRROR,
        code=code("download.py"),
    script:
        "../workflow/scripts/download.py"


rule toy_text:
    output:
        text=expand(
            f"{CORPUS}/toy/{{split}}.{{lang}}", split=TOY_SPLITS, lang=["en", "de"]
        ),
        derivations=expand(
            f"{CORPUS}/toy/{{split}}.derivations.jsonl.gz", split=TOY_SPLITS
        ),
    log:
        f"{CORPUS_LOG}/toy.log",
    benchmark:
        f"{CORPUS_LOG}/toy.jsonl"
    conda:
        "../envs/ticketscope.yaml"
    threads: 1
    params:
        settings=CONFIG.corpus.toy.model_dump(mode="json"),
        code=code("toy_text.py"),
    script:
        "../workflow/scripts/toy_text.py"


rule raw_text:
    input:
        texts=get_texts,
        manifests=lambda wildcards: get_manifests([wildcards.split]),
    output:
        source=f"{CORPUS}/raw/{{split}}.{SOURCE}",
        target=f"{CORPUS}/raw/{{split}}.{TARGET}",
        counts=f"{CORPUS}/raw/{{split}}.json",
    log:
        f"{CORPUS_LOG}/raw_{{split}}.log",
    benchmark:
        f"{CORPUS_LOG}/raw_{{split}}.jsonl"
    conda:
        "../envs/ticketscope.yaml"
    threads: 1
    resources:
        mem_mb=get_memory,
        runtime=get_runtime,
    params:
        settings=get_text_settings,
        code=code("raw_text.py"),
    script:
        "../workflow/scripts/raw_text.py"


rule subwords:
    input:
        text=expand(f"{CORPUS}/raw/{{split}}.{{lang}}", split=SPLITS, lang=LANGUAGES),
        given=[local(EXTERNAL.codes)] if EXTERNAL.codes else [],
        manifests=get_manifests(PRETOKENIZED),
    output:
        codes=f"{CORPUS}/bpe/codes",
        text=expand(f"{CORPUS}/bpe/{{split}}.{{lang}}", split=SPLITS, lang=LANGUAGES),
    log:
        f"{CORPUS_LOG}/subwords.log",
    benchmark:
        f"{CORPUS_LOG}/subwords.jsonl"
    conda:
        "../envs/ticketscope.yaml"
    threads: 1
    resources:
        mem_mb=get_memory,
        runtime=get_runtime,
    params:
        settings={
            "size": CONFIG.subwords.size,
            "splits": SPLITS,
            "languages": LANGUAGES,
            "pretokenized": PRETOKENIZED,
        },
        code=code("subwords.py"),
    script:
        "../workflow/scripts/subwords.py"


rule binarize:
    input:
        text=rules.subwords.output.text,
        dictionaries=DICTIONARIES,
    output:
        data=directory(f"{CORPUS}/bin"),
    log:
        f"{CORPUS_LOG}/binarize.log",
    benchmark:
        f"{CORPUS_LOG}/binarize.jsonl"
    conda:
        "../envs/ticketscope.yaml"
    threads: 1
    resources:
        mem_mb=get_memory,
        runtime=get_runtime,
    params:
        settings={
            "dictionary": CONFIG.subwords.dictionary,
            "splits": SPLITS,
            "languages": LANGUAGES,
        },
        code=code("binarize.py"),
    script:
        "../workflow/scripts/binarize.py"


rule corpus_statistics:
    input:
        raw=rules.subwords.input.text,
        counts=expand(f"{CORPUS}/raw/{{split}}.json", split=SPLITS),
        bpe=rules.subwords.output.text,
        dictionaries=DICTIONARIES,
    output:
        table=f"{RESULTS}/tables/corpus.csv",
    log:
        f"{LOGS}/tables/corpus.log",
    benchmark:
        f"{LOGS}/tables/corpus.jsonl"
    conda:
        "../envs/ticketscope.yaml"
    threads: 1
    resources:
        mem_mb=get_memory,
        runtime=get_runtime,
    params:
        settings={"splits": SPLITS, "languages": LANGUAGES},
        code=code("corpus_statistics.py"),
    script:
        "../workflow/scripts/corpus_statistics.py"
