"""The probing tasks: which they are, and how each original file format becomes instances."""
