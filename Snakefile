from snakemake.utils import min_version

min_version("9.27")


configfile: "config.yaml"


include: "rules/common.smk"
include: "rules/cluster.smk"
include: "rules/corpus.smk"
include: "rules/tickets.smk"
include: "rules/translation.smk"
include: "rules/representations.smk"
include: "rules/similarity.smk"
include: "rules/free_suite.smk"
include: "rules/probing.smk"
include: "rules/report.smk"


if CONFIG.external_tickets.tickets:

    include: "rules/external.smk"


rule results:
    default_target: True
    input:
        rules.corpus.input,
        rules.tickets.input,
        rules.table_a1.input,
        rules.texts.input,
        rules.similarity.input,
        rules.probing.input,
        rules.report.input,
