# From raw parallel text to fairseq's binary data (section 3.1, appendix A.1).

from ticketscope.plan.paths import SOURCES

CORPUS_LOG = f"{LOGS}/corpus"
SPLITS, LANGUAGES = PLAN.texts.splits, PLAN.texts.languages
MAIN = PLAN.texts.main


# With the text comes all else that needs a network, so that what follows needs none.
rule corpus:
    input:
        PATHS.binary,
        f"{PATHS.tables}/corpus.csv",
        keep_local(PLAN.probing.sources),
        keep_local(PLAN.behaviour.manifests),


rule download:
    output:
        # What is fetched lies beside it, so both stay on this disk whatever the default storage.
        manifest=local(f"{SOURCES}/{{source}}.json"),
    log:
        "logs/sources/{source}.log",
    benchmark:
        "logs/sources/{source}.jsonl"
    # Compute nodes seldom have the internet. (`localrules` would not know a module's prefix.)
    localrule: True
    conda:
        "../envs/ticketscope.yaml"
    resources:
        mirror=MIRROR,
    params:
        code=code("download.py"),
    script:
        "../workflow/scripts/download.py"


rule toy_text:
    output:
        text=expand(
            f"{PATHS.toy}/{{split}}.{{lang}}", split=TOY_SPLITS, lang=["en", "de"]
        ),
        derivations=expand(
            f"{PATHS.toy}/{{split}}.derivations.jsonl.gz", split=TOY_SPLITS
        ),
    log:
        f"{CORPUS_LOG}/toy.log",
    benchmark:
        f"{CORPUS_LOG}/toy.jsonl"
    conda:
        "../envs/ticketscope.yaml"
    params:
        settings=CONFIG.corpus.toy.model_dump(mode="json"),
        code=code("toy_text.py"),
    script:
        "../workflow/scripts/toy_text.py"


rule raw_text:
    input:
        texts=lambda wildcards: keep_local(PLAN.texts.files(wildcards.split)),
        manifests=lambda wildcards: keep_local(PLAN.texts.manifests([wildcards.split])),
    output:
        source=f"{PATHS.raw}/{{split}}.{SOURCE}",
        target=f"{PATHS.raw}/{{split}}.{TARGET}",
        counts=f"{PATHS.raw}/{{split}}.json",
    log:
        f"{CORPUS_LOG}/raw_{{split}}.log",
    benchmark:
        f"{CORPUS_LOG}/raw_{{split}}.jsonl"
    conda:
        "../envs/ticketscope.yaml"
    resources:
        **get_resources("raw_text"),
    params:
        settings=lambda wildcards: PLAN.texts.settings(wildcards.split),
        code=code("raw_text.py"),
    script:
        "../workflow/scripts/raw_text.py"


rule subwords:
    input:
        text=expand(f"{PATHS.raw}/{{split}}.{{lang}}", split=MAIN, lang=LANGUAGES),
        given=keep_local(filter(None, [CONFIG.codes])),
        manifests=keep_local(PLAN.texts.manifests(PLAN.texts.pretokenized)),
    output:
        codes=f"{PATHS.bpe}/codes",
        text=expand(f"{PATHS.bpe}/{{split}}.{{lang}}", split=MAIN, lang=LANGUAGES),
    log:
        f"{CORPUS_LOG}/subwords.log",
    benchmark:
        f"{CORPUS_LOG}/subwords.jsonl"
    conda:
        "../envs/ticketscope.yaml"
    resources:
        **get_resources("subwords"),
    params:
        settings={
            "tokenizer": TOKENIZER,
            "size": CONFIG.subwords.size,
            "splits": MAIN,
            "languages": LANGUAGES,
            "pretokenized": PLAN.texts.pretokenized,
        },
        code=code("subwords.py"),
    script:
        "../workflow/scripts/subwords.py"


rule binarize:
    input:
        text=rules.subwords.output.text,
        dictionaries=keep_local(PLAN.texts.dictionaries),
    output:
        data=directory(PATHS.binary),
    log:
        f"{CORPUS_LOG}/binarize.log",
    benchmark:
        f"{CORPUS_LOG}/binarize.jsonl"
    conda:
        "../envs/ticketscope.yaml"
    resources:
        **get_resources("binarize"),
    params:
        settings={
            "dictionary": CONFIG.subwords.dictionary,
            "splits": MAIN,
            "languages": LANGUAGES,
        },
        code=code("binarize.py"),
    script:
        "../workflow/scripts/binarize.py"


# A test text beside the main one has a job of its own: one more makes no ticket stale.
rule further_text:
    input:
        text=expand(f"{PATHS.raw}/{{{{split}}}}.{{lang}}", lang=LANGUAGES),
        codes=f"{PATHS.bpe}/codes",
        data=PATHS.binary,
    output:
        text=expand(f"{PATHS.bpe}/{{{{split}}}}.{{lang}}", lang=LANGUAGES),
        data=directory(PATHS.further_binary),
    log:
        f"{CORPUS_LOG}/further_{{split}}.log",
    benchmark:
        f"{CORPUS_LOG}/further_{{split}}.jsonl"
    wildcard_constraints:
        split="|".join(PLAN.texts.further) or "none",
    conda:
        "../envs/ticketscope.yaml"
    params:
        settings={"tokenizer": TOKENIZER, "languages": LANGUAGES},
        code=code("further_text.py"),
    script:
        "../workflow/scripts/further_text.py"


rule corpus_statistics:
    input:
        raw=expand(f"{PATHS.raw}/{{split}}.{{lang}}", split=SPLITS, lang=LANGUAGES),
        counts=expand(f"{PATHS.raw}/{{split}}.json", split=SPLITS),
        bpe=expand(f"{PATHS.bpe}/{{split}}.{{lang}}", split=SPLITS, lang=LANGUAGES),
        data=PATHS.binary,
    output:
        table=f"{PATHS.tables}/corpus.csv",
    log:
        f"{LOGS}/tables/corpus.log",
    benchmark:
        f"{LOGS}/tables/corpus.jsonl"
    conda:
        "../envs/ticketscope.yaml"
    resources:
        **get_resources("corpus_statistics"),
    params:
        settings={"splits": SPLITS, "languages": LANGUAGES, "tokenizer": TOKENIZER},
        code=code("corpus_statistics.py"),
    script:
        "../workflow/scripts/corpus_statistics.py"
