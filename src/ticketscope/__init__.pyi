# What a type checker cannot see in __init__.py, which imports it late.
from ticketscope.results import load as load
