"""The page of a study: verdicts of several experiments side by side (docs/results/study-plan.md)."""
