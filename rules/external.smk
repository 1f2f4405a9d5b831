# Tickets trained elsewhere, published where trained ones would lie.


# Included only where there are such tickets; then nothing is trained.
ruleorder: external_ticket > train_dense > dense_mask > prune > retrain


rule external_ticket:
    input:
        given=lambda wildcards: local(PLAN.training.external(wildcards).checkpoint),
        given_mask=lambda wildcards: keep_local(
            filter(None, [PLAN.training.external(wildcards).mask])
        ),
        # Only the shapes of LTH0's parameters are read: another LTH0 makes no other ticket stale.
        dense=lambda wildcards: [
            ancient(path)
            for path in keep_local(PLAN.training.external_dense(wildcards))
        ],
        dictionaries=keep_local(PLAN.texts.dictionaries),
    output:
        checkpoint=PATHS.checkpoint,
        mask=PATHS.mask,
    log:
        f"{PATHS.ticket_logs}/external.log",
    benchmark:
        f"{PATHS.ticket_logs}/external.jsonl"
    priority: CHAIN
    conda:
        "../envs/ticketscope.yaml"
    resources:
        **get_resources("external_ticket"),
    params:
        settings=CONFIG.sections("languages")
        | CONFIG.pruning.model_dump(mode="json", include={"embeddings", "biases"}),
        stamps=PLAN.training.external_stamps,
        code=code("external_ticket.py"),
    script:
        "../workflow/scripts/external_ticket.py"
