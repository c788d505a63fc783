# Everything is installed into .venv (the tests of object stores: .venv-s3); nothing else on the machine is touched.

# Each job is a Python of its own; without the cache of compiled modules each would compile the whole library anew.
unexport PYTHONDONTWRITEBYTECODE

PYTHON ?= $(shell python3.11 -c 'print("python3.11")' 2>/dev/null || echo python3)
SIZE ?= year
PAGES := README.md CHANGELOG.md CONTRIBUTING.md LICENSE config/README.md docs
PYTEST := .venv/bin/python -m pytest -n 2 --dist loadscope --no-loadscope-reorder
VERSION_CHECK := import sys; sys.version_info < (3, 11) and sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0])

.PHONY: help setup run test test-quick test-slurm bench docs site lint lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' Makefile

setup: .venv/.installed ## install what is pinned in envs/requirements.txt into .venv

run: setup data/raw ## build everything from data/raw; where that is absent, from a small demo made there
	.venv/bin/snakemake --cores all
	@echo "Rollups: results/annual    Report: results/reports/index.html"

test: setup ## run the whole test suite
	$(PYTEST)

test-quick: setup ## run the tests that take no more than a minute together
	POLARS_MAX_THREADS=1 $(PYTEST) -m "not slow"

test-slurm: setup ## run the tests that submit to Slurm
	.venv/bin/python -m pytest -m slurm tests/slurm

bench: setup ## measure what the project promises of its speed, beside polars, DuckDB and plain unzipping: one table
	.venv/bin/python bench/targets.py --size $(SIZE)

docs: setup ## write docs/data_dictionary.md from the catalog
	.venv/bin/ercot dictionary > docs/data_dictionary.md

# The pages keep their places beside each other, so the same links hold in the repository and on the site.
site: setup ## build the documentation as a website in build/site
	rm -rf build && mkdir -p build/pages
	tar -cf - $(PAGES) | tar -xf - -C build/pages
	.venv/bin/mkdocs build --strict --quiet

lint: setup ## check style and common mistakes, change nothing
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/snakefmt --check .
	.venv/bin/snakemake --lint
	.venv/bin/snakemake --snakefile workflows/fetch.smk --lint --config datasets=dam_spp since=2024

lock: ## resolve envs/requirements*.in anew into envs/requirements.txt, and install that
	$(PYTHON) -m venv --clear .venv
	.venv/bin/python -m pip install --quiet --requirement envs/requirements-dev.in
	.venv/bin/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	echo "# Made by 'make lock' from requirements.in and requirements-dev.in: edit those." > envs/requirements.txt
	.venv/bin/python -m pip freeze --all --exclude pip --exclude-editable >> envs/requirements.txt
	@touch .venv/.installed

clean: ## delete results, logs and caches; data/ and .venv stay
	rm -rf build results logs benchmarks .snakemake .pytest_cache .ruff_cache .hypothesis

# --no-deps and the check: the lock has to be complete.
.venv/.installed: envs/requirements.txt pyproject.toml
	@$(PYTHON) -c '$(VERSION_CHECK)'
	$(PYTHON) -m venv --clear .venv
	.venv/bin/python -m pip install --quiet --no-deps --requirement envs/requirements.txt
	.venv/bin/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	.venv/bin/python -m pip check
	@touch $@

# Made aside and renamed: an interrupted demo is never taken for the real data.
data/raw: | .venv/.installed
	rm -rf $@.partial
	.venv/bin/ercot simulate --demo $@.partial
	mv $@.partial $@
