"""The report's figures: one module a section of the paper, drawn in a few shared forms."""
