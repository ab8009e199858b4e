# Every target sets up what it needs; `make` alone lists them.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
DATA   ?= .data
STAMP  := $(VENV)/.locked

# Compiled modules are kept: without them each start of a test or a command compiles all anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup run test check fmt lint types imports fast test-domain races clients bench soak snapshots serve worker migrate lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(STAMP): requirements-dev.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

setup: $(STAMP) ## virtual environment with the locked dependencies

run: setup ## start a server with a demo app and print where to look
	$(BIN)/slotkeeper serve --demo --data-dir $(DATA)

test: setup ## every test: domain, storage, API, races, real clients, browser
	SLOTKEEPER_EXAMPLES=2000 $(BIN)/pytest -q -n 2 --dist loadfile --no-loadscope-reorder

check: setup ## lint, types, import rules and the fast tests; under two minutes
	$(MAKE) --no-print-directory -j 3 lint types imports
	$(MAKE) --no-print-directory fast

fmt: setup ## format the code
	$(BIN)/ruff format src tests bench
	$(BIN)/ruff check --fix --quiet src tests bench

lint: setup ## style and formatting
	$(BIN)/ruff format --check src tests bench
	$(BIN)/ruff check src tests bench

types: setup ## mypy, strict
	$(BIN)/mypy

imports: setup ## rooms import downwards only
	$(BIN)/lint-imports

fast: setup ## the tests that take moments, with a real PostgreSQL
	$(BIN)/pytest -q -n 2 -m "not slow and not browser and not node"

test-domain: setup ## the domain alone, without a database
	$(BIN)/pytest -q src/slotkeeper/domain tests/domain

races: setup ## many clients want one slot
	$(BIN)/pytest -q tests/races

clients: setup ## the real clients: JavaScript SDK, Python client, widget in Chromium
	$(BIN)/pytest -q tests/clients

bench: setup ## figures for engine and HTTP, each beside a comparison
	$(BIN)/python -m bench

soak: setup ## the long runs of the property tests
	SLOTKEEPER_SOAK=1 $(BIN)/pytest -q tests/domain tests/contract tests/races tests/services tests/jobs

snapshots: setup ## rewrite the contract files; read the diff before you commit it
	SLOTKEEPER_SNAPSHOTS=write $(BIN)/pytest -q -m "not slow" tests/contract tests/matrix/test_page.py

serve: setup ## start a server on the same data, without the demo
	$(BIN)/slotkeeper serve --data-dir $(DATA)

worker: setup ## a worker by itself, for servers with --no-worker
	$(BIN)/slotkeeper worker --data-dir $(DATA)

migrate: setup ## bring the database of the data folder up to this version
	$(BIN)/slotkeeper migrate --data-dir $(DATA)

lock: ## resolve the dependencies anew and pin them with hashes
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q -o requirements.lock
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q -c requirements.lock -o requirements-dev.lock

clean: ## remove what the targets made, the demo data included
	rm -rf $(VENV) $(DATA) .cache .mypy_cache .pytest_cache .ruff_cache .hypothesis
