"""Train a translation Transformer, prune it ticket by ticket, dissect what every ticket knows.

One room per stage, in the order in which the data flows: `corpus`, `tickets`, `translation`,
`representations`, `probing`, `similarity`, `report`. No room imports a later one.
"""
