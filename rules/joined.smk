# Seeds of finished experiments as one (docs/run/joined.md): their observations are joined, and all
# that is made of these follows from the rules of any experiment.


# Included only where experiments are joined; then no rule of a seed runs (common.smk).
ruleorder: join_tables > corpus_statistics > sparsity > collect_similarity > collect_probes
ruleorder:
    join_tables
    > contrasts
    > collect_probabilities
    > translated_words
    > flips
    > further_tests
    > comet
ruleorder: join_tables > mask_overlap > dead_units
ruleorder: join_tables > collect_erasure > barriers > collect_sensitivity
ruleorder: join_tables > collect_costs
ruleorder: join_tables > collect_speeds


rule join_tables:
    input:
        [
            local(f"{part.folder}/tables/{name}")
            for part in PARTS
            for name in part.tables
        ],
    output:
        [f"{PATHS.tables}/{name}" for name in OBSERVED],
    log:
        f"{LOGS}/tables/joined.log",
    benchmark:
        f"{LOGS}/tables/joined.jsonl"
    conda:
        "../envs/ticketscope.yaml"
    params:
        settings={
            "tables": OBSERVED,
            "parts": {
                str(part.folder): {
                    "seeds": part.seeds,
                    "tables": part.tables,
                    "recorded": {
                        name: value
                        for name, value in part.record.items()
                        if name == "tables"
                    },
                }
                for part in PARTS
            },
        },
        code=code("join_tables.py"),
    script:
        "../workflow/scripts/join_tables.py"
