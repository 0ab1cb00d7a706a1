# Every target calls commands that also work alone; the README shows them.
PYTHON ?= python3
DATA ?= ../shared/data
BIN := .venv/bin
READY := .venv/.installed

.DEFAULT_GOAL := help
.PHONY: help install demo test soak check bench eval clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(READY) ## make .venv and install policywatch with its tools into it

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "policywatch needs Python 3.11 or later; name one with: make PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $(READY)

demo: $(READY) ## crawl a sample site on loopback and show what was found
	$(BIN)/policywatch demo

# Hundreds of processes would otherwise compile the same files anew, where this is set.
test soak: export PYTHONDONTWRITEBYTECODE :=

test: $(READY) ## run the tests (under ten minutes)
	$(BIN)/python -m pytest -m 'not soak' -n auto

soak: $(READY) ## kills, faults, damage, a simulated month and the real archive (under 40 minutes; seeds are printed)
	$(BIN)/python -m pytest -m soak -n auto --dist loadgroup --no-loadscope-reorder --timeout 1500

check: $(READY) ## lint, format, types and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q tests/test_house.py

bench: $(READY) ## measure speed and size against the plain assembly (DATA=../shared/data)
	$(BIN)/python docs/figures/bench.py $(DATA)

eval: $(READY) ## measure quality with the labels (DATA=../shared/data)
	$(BIN)/python docs/figures/eval.py $(DATA)

clean: ## remove what the targets made, never a store
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache build dist
