"""The page of a study: verdicts of its experiments side by side (docs/results/study-plan.md)."""
