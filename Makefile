# zhanggui: `make help` lists what can be made. Needs git, make, Python 3.11 or newer and a package index.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
UV := $(shell command -v uv 2>/dev/null)
SHOPS ?= demo
PORT ?= 8700

# With uv the locked files are installed with uv, otherwise with the pip of the environment.
ifneq ($(UV),)
INSTALL = $(UV) pip install --quiet --compile-bytecode --python $(BIN)/python
MAKE_VENV = $(UV) venv --quiet --allow-existing --python $(PYTHON) $(VENV)
else
INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check
MAKE_VENV = $(PYTHON) -m venv $(VENV)
endif

.PHONY: help setup setup-core demo test fast check static docs bench lock clean

help:  ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | awk -F'\t' '{printf "  make %-12s %s\n", $$1, $$2}'

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "zhanggui needs Python 3.11 or newer; name one: make PYTHON=python3.12 ..." >&2; exit 1; }
	@$(MAKE_VENV)

$(VENV)/.core: requirements/core.lock pyproject.toml | $(BIN)/python
	@echo "Installing what zhanggui needs into $(VENV) ..."
	@$(INSTALL) --require-hashes -r requirements/core.lock
	@$(INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements/dev.lock $(VENV)/.core
	@echo "Installing what the tests and checks need into $(VENV) ..."
	@$(INSTALL) --require-hashes -r requirements/dev.lock
	@touch $@

setup-core: $(VENV)/.core  ## an environment that runs zhanggui

setup: $(VENV)/.dev  ## an environment that runs zhanggui, its tests and checks

demo: $(VENV)/.core  ## build the example shops in ./demo and open them in a cockpit
	@$(BIN)/zhanggui demo $(SHOPS) --port $(PORT)

test: $(VENV)/.dev  ## every test, slow ones, browser and further engines too
	@$(BIN)/python -m pytest -n 2 --dist loadfile

fast: $(VENV)/.dev  ## the tests that take seconds
	@$(BIN)/python -m pytest -n 2 --dist loadfile -q -m "not slow and not browser and not engine"

static: $(VENV)/.dev  ## format, lint, types, import layers, docs drift
	@$(BIN)/ruff format --check --quiet src tests benchmarks
	@$(BIN)/ruff check --quiet src tests benchmarks
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports --no-cache | tail -n 3
	@$(BIN)/python docs/generate.py --check

check: static fast  ## what must be green before a commit, in at most two minutes

docs: $(VENV)/.dev  ## write the generated reference pages
	@$(BIN)/python docs/generate.py

bench: $(VENV)/.dev  ## measure every promise; writes docs/reference/benchmarks.md
	@$(BIN)/python -m benchmarks

lock:  ## resolve the locked dependencies anew (needs uv)
	@$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
	  --no-emit-index-url --no-emit-find-links pyproject.toml requirements/build.in -o requirements/core.lock
	@$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
	  --no-emit-index-url --no-emit-find-links --group dev pyproject.toml requirements/build.in \
	  -c requirements/core.lock -o requirements/dev.lock

clean:  ## remove the environment and caches (shops stay)
	@rm -rf $(VENV) .mypy_cache .ruff_cache .hypothesis build dist
