"""Draws what a line of the corpus says."""
