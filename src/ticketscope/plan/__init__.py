"""Which jobs an experiment has, from its validated config alone; nothing here knows Snakemake.

`names` says what a ticket is called, `paths` where files lie, `tickets`, `comparisons` and
`probing` what each job reads and depends on, `needs` and `scale` how much time and memory it takes.
The rules, `ticketscope.results` and the report ask these modules and build no path themselves.
"""
