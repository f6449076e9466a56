# `make demo` and `make test` create what they need in .venv, from locked requirements.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
PIP = $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: demo test lint types unit nightly lab bench bench-resources lock clean help

help:
	@echo "make demo     scan a simulated organisation (no AWS account needed)"
	@echo "make test     lint, types and the whole test suite"
	@echo "make nightly  the test suite with 10,000 examples of every property (half an hour)"
	@echo "make bench    the speed figures, each beside its floor"
	@echo "make bench-resources  a Region with 100,000 volumes, rules and snapshots"
	@echo "make lab      break real IPsec tunnels, see them named and cured (Debian, root)"
	@echo "make lock     write requirements/*.txt anew from pyproject.toml"

demo: $(VENV)/.demo
	@$(BIN)/bothup demo

test: lint types unit

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev
	$(BIN)/mypy

unit: $(VENV)/.dev
	$(BIN)/pytest -n auto $(PYTEST_ARGS)

nightly: $(VENV)/.dev
	$(BIN)/pytest -n auto --hypothesis-profile=nightly --timeout=0 $(PYTEST_ARGS)

lab: $(VENV)/.lab
	@.ci/lab-packages
	@$(BIN)/bothup lab run $(FAULTS) || [ $$? = 4 ]

bench: $(VENV)/.dev
	$(BIN)/python -m benchmarks

bench-resources: $(VENV)/.dev
	$(BIN)/python -m benchmarks --check --runs 1 volumes-100k rules-100k snapshots-100k

lock: $(VENV)/.dev
	$(PIP) install uv
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  pyproject.toml --extra sim --group build -o requirements/demo.txt
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  pyproject.toml --extra sim --extra lab --group build --group dev -o requirements/dev.txt
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  pyproject.toml --extra lab --group build -o requirements/lab.txt

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis

# The development environment holds the demo's packages too, so either stamp serves the demo.
$(VENV)/.demo: requirements/demo.txt pyproject.toml | $(VENV)/bin/python
	@test -e $(VENV)/.dev || $(PIP) install --require-hashes -r requirements/demo.txt
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.lab: requirements/lab.txt pyproject.toml | $(VENV)/bin/python
	@$(BIN)/python -c 'import vici' 2>/dev/null || $(PIP) install --require-hashes -r requirements/lab.txt
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements/dev.txt pyproject.toml | $(VENV)/bin/python
	$(PIP) install --require-hashes -r requirements/dev.txt
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@ $(VENV)/.demo $(VENV)/.lab

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "bothup needs Python 3.11 or newer; say which with: make PYTHON=/path/to/python3.11" >&2; exit 2; }
	@$(PYTHON) -m venv $(VENV) || \
	  { rm -rf $(VENV); echo "python venv failed; on Debian: apt-get install python3-venv" >&2; exit 2; }
