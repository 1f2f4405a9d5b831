# The front door. `make results` and `make test` are all that a newcomer needs.

# Names or paths to try; the first that is Python 3.11 or 3.12 makes .venv.
PYTHON ?= python3.11 python3.12 python3
# The build of torch that suits your GPU. By default the one with CUDA; for instance:
#   make env TORCH="torch==2.13.0+cpu --index-url https://download.pytorch.org/whl/cpu"
TORCH ?= torch==2.13.0
# Another experiment than the default, config.yaml.
CONFIG ?=
CORES ?= all
# GPUs that jobs may use at a time; by default all that torch sees.
GPUS ?=

export PATH := $(CURDIR)/.venv/bin:$(PATH)
# `python -m`, since a script in .venv/bin breaks when its folder moves.
python := .venv/bin/python
pip := $(python) -m pip --disable-pip-version-check --no-input
snakemake := $(python) -m snakemake
configfile = $(if $(CONFIG),--configfile $(CONFIG))
# Snakemake reads these files before the workflow can, and shows a trace for what is no text.
check = $(if $(CONFIG),$(python) -m ticketscope.config_files $(CONFIG) &&)
gpus = $(if $(GPUS),--resources gpu=$(GPUS))

# The kernel drops this lock with its holder, so a killed run is continued by the same command, even
# at once: the holder may take a moment to go. Snakemake's own lock would stay and ask for --unlock.
define run
mkdir -p .snakemake; \
$(check) flock --close --timeout 2 --conflict-exit-code 75 .snakemake/make.lock \
	$(snakemake) results --nolock --cores $(CORES) $(gpus) $(1); \
code=$$?; \
if [ $$code = 75 ]; then echo "error: another make is at work in this folder" >&2; fi; \
exit $$code
endef

.DEFAULT_GOAL := help
.PHONY: help env results demo dry-run touch watch compare archive repeated study-page export slurm-lab test test-all site lint benchmark torture gpu-check lock force

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-10s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

env: .venv/.installed ## install the environment into .venv, and nothing else

results: env ## run the default experiment: results/toy/report.html (CONFIG=... runs another)
	@$(call run,$(configfile))

demo: env ## run a small version of everything, with two seeds: results/demo/report.html
	@$(call run,--configfile config/smoke.yaml config/demo.yaml)

dry-run: env ## show what would run: make dry-run CONFIG=config/multi30k.yaml
	$(check) $(snakemake) results --dry-run --quiet rules --cores $(CORES) $(configfile)

touch: env ## mark all present results as up to date, after a restore and before any change
	@$(check) $(snakemake) results --touch --quiet all --cores 1 $(configfile) && \
	echo "All results that are there count as up to date; make dry-run says what is left to make."

watch: env ## show the progress of tickets that `make results` or Slurm trains: make watch CONFIG=...
	@$(python) -m ticketscope.plan.overview config.yaml $(CONFIG)

# A and B reach the shell as variables of its environment, never as text of a command.
compare: env ## compare two finished experiments: make compare A=results/x B=results/y
	@$(python) -m ticketscope.report.compare "$${A-}" "$${B-}"

# RESULTS, TO, OF and TICKET likewise.
archive: env ## pack an experiment's tables into one file: make archive RESULTS=results/x TO=x.tar.xz
	@$(python) -m ticketscope.joined.archive "$${RESULTS-}" "$${TO-}"

repeated: env ## compare a repeated run with an archive: make repeated RESULTS=results/x OF=study/x.tar.xz
	@$(python) -m ticketscope.joined.repeated "$${RESULTS-}" "$${OF-}"

study-page: env ## write docs/results/study.md from study/study.yaml and the results that it names
	@$(python) -m ticketscope.report.study study/study.yaml

export: env ## write a ticket for Transformers: make export TICKET=results/toy/tickets/seed1/magnitude/LTH9 TO=...
	@$(python) -m ticketscope.export "$${TICKET-}" "$${TO-}"

slurm-lab: env ## run the smoke experiment on a real Slurm on this machine (root, Debian's packages)
	@$(python) -m tests.slurm_lab run

pytest := $(python) -m pytest --numprocesses logical --maxprocesses 4

test: env ## run the tests, in 10 to 15 minutes
	$(pytest) -m "not long"

test-all: env ## run all tests, also the long ones: how-tos, external tickets, no network, Slurm
	$(pytest)

site: env ## build the documentation: build/site/index.html
	NO_MKDOCS_2_WARNING=1 $(python) -m mkdocs build --strict --quiet

lint: env site ## check style, types and documentation: ruff, snakefmt, snakemake --lint, mypy, mkdocs
	$(python) -m ruff check
	$(python) -m ruff format --check
	$(python) -m snakefmt --check Snakefile workflow/Snakefile rules
	$(snakemake) --lint
	$(python) -m mypy

benchmark: env ## measure against a peer or a limit; results go to benchmarks/results
	$(python) benchmarks/run.py

# How often `make torture` kills.
KILLS ?= 200

# The tests of docs/reliability.md: disks and kills, damaged configs, files and artifacts, hostile
# input, numbers that come to nothing, results of other versions.
FAULTS := $(addprefix tests/, \
	workflow/test_disk.py workflow/test_kill.py workflow/test_bad_input.py runtime/test_files.py \
	tickets/test_interruption.py plan/test_mutated_configs.py test_config_checks.py \
	tickets/test_fairseq_options.py runtime/test_mutated_files.py \
	runtime/test_mutated_artifacts.py probing/tasks/test_altered_files.py \
	tickets/test_bad_input.py tickets/test_publish.py representations/test_store.py \
	runtime/test_recorded.py runtime/test_published.py \
	runtime/test_text.py test_config_files.py joined/test_archive.py probing/free/test_archives.py \
	external/test_tensors.py report/test_hostile_names.py report/test_page.py \
	report/test_compare.py export/test_card.py joined/test_tables.py similarity/test_labels.py \
	report/test_degenerate_results.py tickets/test_faults.py probing/test_measuring.py \
	similarity/test_layers.py similarity/test_categories.py translation/test_scores.py \
	tickets/test_trained.py plan/test_forecast.py joined/test_parts.py)

torture: env ## test kills, disks, damage, hostile input: docs/reliability.md (KILLS=20)
	$(pytest) $(FAULTS)
	$(python) benchmarks/torture.py --kills $(KILLS)

gpu-check: env ## run the checks that need a GPU, in eight minutes: benchmarks/results/gpu.json
	@$(python) benchmarks/gpu_check.py

lock: ## resolve requirements.in into requirements.lock (needs uv)
	echo 'torch; python_version < "3"' | uv pip compile -q requirements.in -o requirements.lock \
		--override /dev/stdin --python-version 3.11 --python-platform x86_64-manylinux_2_28 \
		--generate-hashes --no-annotate --no-header --no-emit-index-url --no-emit-find-links

# --- the environment ---

# A TORCH that is given is installed even if nothing else changed. Without one, whichever build of
# that version is there stays.
ifneq ($(origin TORCH),file)
.venv/.installed: force
endif

# Bytecode is left to the check at the end: all of it would take as long as the rest.
locked := --quiet --require-hashes --no-deps --no-build-isolation --no-compile

.venv/.installed: requirements.lock pyproject.toml
	@for name in $(PYTHON); do \
		"$$name" -c 'import ensurepip, sys; sys.exit(not (3, 11) <= sys.version_info < (3, 13))' \
			2>/dev/null && found="$$name" && break; \
	done; \
	if [ -z "$$found" ]; then \
		echo "error: ticketscope needs Python 3.11 or 3.12 with venv (Debian: python3.11-venv), and" \
			"found none as: $(PYTHON). Say: make $(MAKECMDGOALS) PYTHON=/path/to/python3.11" >&2; \
		exit 1; \
	fi; \
	if [ -e .venv/.unfinished ]; then rm -rf .venv; fi; \
	echo "Installing into .venv with $$found: about 100 MB, then $(TORCH)"; \
	mkdir -p .venv && touch .venv/.unfinished && "$$found" -m venv .venv
	@sed -n '/^setuptools==/,/[^\\]$$/p' requirements.lock | $(pip) install $(locked) -r /dev/stdin
	@$(pip) install $(locked) -r requirements.lock
	@$(pip) install --no-compile $(TORCH)
	@$(pip) install --quiet --no-deps --no-build-isolation -e .
	@$(pip) check
	@# Does it run? This also compiles the modules that jobs import; the last, with all of sympy, is
	@# what torch loads when it first looks at an attention mask.
	@PYTHONDONTWRITEBYTECODE= $(python) -W ignore -c 'import logging; logging.disable(); \
		import fairseq_cli.train, fairseq_cli.generate, matplotlib.pyplot, sacrebleu, snakemake.cli, torch, \
		torch.fx.experimental.symbolic_shapes; \
		print("torch", torch.__version__, "with", torch.cuda.device_count(), "GPUs")' \
		2>.venv/import.log || { cat .venv/import.log >&2; exit 1; }
	@rm .venv/.unfinished .venv/import.log
	@touch $@
