# States and attention of every ticket on a text (section 5.1).

REPRESENTATION = f"{RESULTS}/representations/seed{{seed}}/{{series}}/LTH{{k}}"
READ = f"{CORPUS}/bpe/{CONFIG.representations.split}"


TEXT = f"{RESULTS}/texts/{{text}}"
TEXT_LOG = f"{LOGS}/texts/{{text}}"
TEXT_TICKET = f"{TEXT}/seed{{seed}}/{{series}}/LTH{{k}}"


rule texts:
    input:
        [
            file
            for text in CONFIG.representations.texts
            for file in per_ticket(f"{TEXT_TICKET}.words.npy", text=text)
        ],


rule representations:
    input:
        per_ticket(REPRESENTATION),
        rules.texts.input,


rule represent:
    input:
        checkpoint=f"{TICKET}/averaged.pt" if AVERAGED else f"{TICKET}/checkpoint.pt",
        data=f"{CORPUS}/bin",
        source=f"{READ}.{SOURCE}",
        target=f"{READ}.{TARGET}",
    output:
        store=get_kept(directory(REPRESENTATION)),
    log:
        f"{LOGS}/representations/seed{{seed}}/{{series}}/LTH{{k}}.log",
    benchmark:
        f"{LOGS}/representations/seed{{seed}}/{{series}}/LTH{{k}}.jsonl"
    conda:
        "../envs/ticketscope.yaml"
    threads: 1
    resources:
        gpu=1,
        mem_mb=get_memory,
        runtime=get_runtime,
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
        codes=f"{CORPUS}/bpe/codes",
    output:
        subwords=f"{TEXT}/subwords",
        alignment=f"{TEXT}/alignment.npz",
        report=f"{TEXT}/alignment.json",
    log:
        f"{TEXT_LOG}/subwords.log",
    benchmark:
        f"{TEXT_LOG}/subwords.jsonl"
    conda:
        "../envs/ticketscope.yaml"
    threads: 1
    params:
        settings={"language": SOURCE},
        code=code("text_subwords.py"),
    script:
        "../workflow/scripts/text_subwords.py"


rule represent_text:
    input:
        checkpoint=f"{TICKET}/averaged.pt" if AVERAGED else f"{TICKET}/checkpoint.pt",
        data=f"{CORPUS}/bin",
        subwords=f"{TEXT}/subwords",
        alignment=f"{TEXT}/alignment.npz",
    output:
        store=get_kept(directory(TEXT_TICKET)),
        words=f"{TEXT_TICKET}.words.npy",
    log:
        f"{TEXT_LOG}/seed{{seed}}/{{series}}/LTH{{k}}.log",
    benchmark:
        f"{TEXT_LOG}/seed{{seed}}/{{series}}/LTH{{k}}.jsonl"
    conda:
        "../envs/ticketscope.yaml"
    threads: 1
    resources:
        gpu=1,
        mem_mb=get_memory,
        runtime=get_runtime,
    params:
        settings={
            "precision": CONFIG.representations.precision,
            "max_tokens": CONFIG.representations.max_tokens,
            "pooling": CONFIG.representations.pooling,
        },
        code=code("represent_text.py", PLUGIN),
    script:
        "../workflow/scripts/represent_text.py"
