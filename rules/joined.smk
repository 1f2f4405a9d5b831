# Seeds of finished experiments as one (docs/run/joined.md): their observations are joined, and all
# that is made of these follows from the rules of any experiment.

from ticketscope.joined.parts import table_names

# Of the table of all seeds, that of a part may have no row: then the part has none.
JOINED = [
    name
    for name in table_names(CONFIG, probed=list(PLAN.probing.tasks))
    if any(name in part.tables for part in PARTS)
]


# Included only where experiments are joined; then no rule of a seed runs (common.smk).
ruleorder: join_tables > corpus_statistics > sparsity > collect_similarity > collect_probes
ruleorder:
    join_tables
    > contrasts
    > collect_probabilities
    > translated_words
    > flips
    > further_tests
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
        [f"{PATHS.tables}/{name}" for name in JOINED],
    log:
        f"{LOGS}/tables/joined.log",
    benchmark:
        f"{LOGS}/tables/joined.jsonl"
    conda:
        "../envs/ticketscope.yaml"
    params:
        settings={
            "tables": JOINED,
            "parts": {
                str(part.folder): {"seeds": part.seeds, "tables": part.tables}
                for part in PARTS
            },
        },
        code=code("join_tables.py"),
    script:
        "../workflow/scripts/join_tables.py"
