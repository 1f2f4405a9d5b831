# Tickets trained elsewhere, published where trained ones would lie.


# Included only where there are such tickets; then nothing is trained.
ruleorder: external_ticket > train_dense > dense_mask > prune > retrain


rule external_ticket:
    input:
        unpack(get_external_files),
        dictionaries=DICTIONARIES,
    output:
        checkpoint=f"{TICKET}/checkpoint.pt",
        mask=f"{TICKET}/mask.safetensors",
    log:
        f"{TICKET_LOG}/external.log",
    benchmark:
        f"{TICKET_LOG}/external.jsonl"
    priority: CHAIN
    conda:
        "../envs/ticketscope.yaml"
    threads: 1
    params:
        settings=settings("languages")
        | CONFIG.pruning.model_dump(mode="json", include={"embeddings", "biases"}),
        stamps=get_stamps,
        code=code("external_ticket.py"),
    script:
        "../workflow/scripts/external_ticket.py"
