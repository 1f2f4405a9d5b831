# The front door. `make results` and `make test` are all that a newcomer needs.
.DEFAULT_GOAL := help
.PHONY: help env results demo test dry-run lint benchmark

# Python 3.11 or 3.12, and the build of torch that suits your GPU, e.g.
#   make results TORCH="torch==2.13.0 --index-url https://download.pytorch.org/whl/cpu"
PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3)
TORCH ?= torch==2.13.0
CONFIG ?= config/smoke.yaml
CORES ?= all

BIN := .venv/bin
export PATH := $(CURDIR)/.venv/bin:$(PATH)

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

env: .venv/installed ## only the environment, in .venv

.venv/installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 13))' || \
		{ echo "dissect needs Python 3.11 or 3.12: make $(MAKECMDGOALS) PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv .venv
	# Everything is pinned by hash, so pip has nothing to resolve; torch finds its own needs there.
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check $(TORCH)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

results: env ## the default experiment to its end: results/toy/report.html
	snakemake results --cores $(CORES)

demo: env ## the smoke experiment: everything, small, about two minutes
	snakemake results --cores $(CORES) --configfile config/smoke.yaml

dry-run: env ## what would run: make dry-run CONFIG=config/multi30k.yaml
	snakemake results --dry-run --cores $(CORES) --configfile $(CONFIG)

test: env ## all tests
	pytest

lint: env ## style: ruff, snakefmt, snakemake --lint
	ruff check .
	ruff format --check .
	snakefmt --check Snakefile rules
	snakemake --lint

benchmark: env ## measurements beside a peer or a limit; results go to benchmarks/results
	python benchmarks/run.py
