"""Finished experiments of one recipe and different seeds become one (docs/run/joined.md).

`parts` reads them and refuses what does not fit; `tables` joins their tables of observations. All
else, such as claims and figures, is made from these as in any experiment.
"""
