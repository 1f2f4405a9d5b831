# States and attention of every ticket on a text (section 5.1).

READ = f"{PATHS.bpe}/{CONFIG.representations.split}"

TEXT_LOG = f"{LOGS}/texts/{{text}}"
TEXT_TICKET = f"{PATHS.texts}/{TICKET}"


rule texts:
    input:
        [
            file
            for text in CONFIG.representations.texts
            for file in PLAN.per_ticket(f"{TEXT_TICKET}.words.npy", text=text)
        ],


rule representations:
    input:
        PLAN.per_ticket(PATHS.representations),
        rules.texts.input,


rule represent:
    input:
        checkpoint=PLAN.training.decoded_checkpoint,
        data=PATHS.binary,
        source=f"{READ}.{SOURCE}",
        target=f"{READ}.{TARGET}",
    output:
        store=get_kept(directory(PATHS.representations)),
    log:
        f"{LOGS}/representations/{TICKET}.log",
    benchmark:
        f"{LOGS}/representations/{TICKET}.jsonl"
    conda:
        "../envs/ticketscope.yaml"
    resources:
        **get_resources("represent"),
    params:
        settings={
            "precision": CONFIG.representations.precision,
            "max_tokens": CONFIG.representations.max_tokens,
        },
        code=code("represent.py", PLUGIN),
    script:
        "../workflow/scripts/represent.py"


rule text_subwords:
    input:
        text=lambda wildcards: local(CONFIG.representations.texts[wildcards.text]),
        codes=f"{PATHS.bpe}/codes",
        data=PATHS.binary,
    output:
        subwords=f"{PATHS.texts}/subwords",
        alignment=f"{PATHS.texts}/alignment.npz",
        report=f"{PATHS.texts}/alignment.json",
    log:
        f"{TEXT_LOG}/subwords.log",
    benchmark:
        f"{TEXT_LOG}/subwords.jsonl"
    conda:
        "../envs/ticketscope.yaml"
    resources:
        **get_resources("text_subwords"),
    params:
        settings={
            "language": SOURCE,
            "tokenizer": TOKENIZER,
            "positions": CONFIG.source_positions,
        },
        code=code("text_subwords.py"),
    script:
        "../workflow/scripts/text_subwords.py"


rule represent_text:
    input:
        checkpoint=PLAN.training.decoded_checkpoint,
        data=PATHS.binary,
        subwords=f"{PATHS.texts}/subwords",
        alignment=f"{PATHS.texts}/alignment.npz",
    output:
        store=get_kept(directory(TEXT_TICKET)),
        words=f"{TEXT_TICKET}.words.npy",
    log:
        f"{TEXT_LOG}/{TICKET}.log",
    benchmark:
        f"{TEXT_LOG}/{TICKET}.jsonl"
    conda:
        "../envs/ticketscope.yaml"
    resources:
        **get_resources("represent_text"),
    params:
        settings={
            "precision": CONFIG.representations.precision,
            "max_tokens": CONFIG.representations.max_tokens,
            "pooling": CONFIG.representations.pooling,
        },
        code=code("represent_text.py", PLUGIN),
    script:
        "../workflow/scripts/represent_text.py"
