# States and attention of every ticket on a text (section 5.1).

REPRESENTATION = f"{RESULTS}/representations/seed{{seed}}/{{series}}/LTH{{k}}"
READ = f"{CORPUS}/bpe/{CONFIG.representations.split}"


rule representations:
    input:
        per_ticket(REPRESENTATION),


rule represent:
    input:
        checkpoint=f"{TICKET}/averaged.pt" if AVERAGED else f"{TICKET}/checkpoint.pt",
        data=f"{CORPUS}/bin",
        source=f"{READ}.{SOURCE}",
        target=f"{READ}.{TARGET}",
    output:
        store=get_kept(REPRESENTATION),
    log:
        f"{LOGS}/representations/seed{{seed}}/{{series}}/LTH{{k}}.log",
    benchmark:
        f"{LOGS}/representations/seed{{seed}}/{{series}}/LTH{{k}}.jsonl"
    conda:
        "../envs/dissect.yaml"
    threads: 1
    resources:
        gpu=1,
    params:
        settings={
            "precision": CONFIG.representations.precision,
            "max_tokens": CONFIG.representations.max_tokens,
        },
        code=code("represent.py", PLUGIN),
    script:
        "../workflow/scripts/represent.py"
