"""Two finished experiments side by side: `make compare A=results/x B=results/y`."""
