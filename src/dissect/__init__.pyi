# What a type checker cannot see in __init__.py, which imports it late.
from dissect.results import load as load
