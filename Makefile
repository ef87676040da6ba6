# Thin targets over `ocpi` and pytest. One virtual environment, .venv, serves them all.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
PEERS := .venv-peers
PYOCPI := .venv-pyocpi
BIN := $(VENV)/bin
PACKAGES := runtime generated generator bridge pricing server_impl audit conformance
MODULES := ocpi_runtime, ocpi_bindings, ocpi_operator, ocpi_generator, ocpi_bridge, ocpi_pricing, \
	ocpi_server, ocpi_audit, ocpi_conformance
EDITABLE := $(foreach package,$(PACKAGES),-e ./$(package))
# What `make test` runs with two nodes over one PostgreSQL; `make pytest-nodes` runs all.
ON_NODES := $(addprefix tests/server_impl/, sync/test_outbox.py sync/test_push_kills.py \
	modules/test_commands.py hub/test_broadcast_kills.py)
# A test that takes minutes on a machine that does other things is not taken for one that hangs.
PATIENT := -o faulthandler_timeout=900
# Each file runs in one process, the longest first.
SPREAD := --dist loadfile --no-loadscope-reorder
KILLS ?= 100
KILLED := tests/acceptance/test_kill.py tests/server_impl/sync/test_push_kills.py \
	tests/server_impl/hub/test_broadcast_kills.py
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
export PATH := $(CURDIR)/$(BIN):$(PATH)
# Modules are compiled once, not by each of the hundreds of processes that tests and checks start.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help

##@ Run
.PHONY: demo
demo: $(VENV)/.run ## Two platforms register and exchange real objects
	@$(BIN)/ocpi demo $(ARGS)

##@ Generate
.PHONY: generate check-generated lint-documents docs
generate: $(VENV)/.dev ## Regenerate `generated/` from openapi/ and overlays/
	$(BIN)/ocpi generate $(ARGS)
check-generated: $(VENV)/.dev ## Fail when generated/ is not what the documents say
	$(BIN)/ocpi generate --check
lint-documents: $(VENV)/.dev ## Check the documents in openapi/ and overlays/
	$(BIN)/ocpi lint
docs: $(VENV)/.dev ## A site of guides, API and all bundles in site/
	$(BIN)/ocpi docs --out site $(ARGS)

##@ Check
.PHONY: test checks lint types mypy pyright pyrefly imports pytest pytest-postgresql \
	pytest-nodes interop kills fuzz bench
test: $(VENV)/.bench ## Everything that the gate needs
	@$(MAKE) --no-print-directory -j 2 checks
	@$(MAKE) --no-print-directory pytest
	NODES=2 STORE=postgresql KILLS=1 $(BIN)/pytest -n 2 -m "not sqlite" $(ON_NODES)
checks: mypy pyright check-generated lint-documents pyrefly lint imports ## All but the tests
lint: $(VENV)/.dev ## ruff, typos and wording: style, formatting, spelling, banned words
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/typos
	$(BIN)/python -m tests.wording
types: mypy pyright pyrefly ## mypy strict over all code; the others over bindings
mypy: $(VENV)/.bench
	$(BIN)/mypy
pyright: $(VENV)/.bench
	$(BIN)/basedpyright
pyrefly: $(VENV)/.bench
	$(BIN)/pyrefly check --python-interpreter-path $(BIN)/python
imports: $(VENV)/.dev ## Which package may import which
	$(BIN)/lint-imports
pytest: $(VENV)/.dev ## All tests (ARGS="-k name" narrows)
	$(BIN)/pytest -n 4 $(SPREAD) -m "not interop" $(ARGS)
pytest-postgresql: $(VENV)/.dev ## Tests of the platform again, on PostgreSQL
	STORE=postgresql $(BIN)/pytest -n 3 $(SPREAD) $(PATIENT) -m "not sqlite" \
	tests/server_impl tests/acceptance $(ARGS)
pytest-nodes: $(VENV)/.dev ## Tests of the platform again, on two nodes over one PostgreSQL
	NODES=2 STORE=postgresql $(BIN)/pytest -n 3 $(SPREAD) $(PATIENT) -m "not sqlite" \
	tests/server_impl tests/acceptance $(ARGS)
interop: $(VENV)/.dev $(PEERS)/.peers $(PYOCPI)/.peers ## Check and fuzz platforms that others wrote
	$(BIN)/pytest -m interop tests/interop $(ARGS)
kills: $(VENV)/.dev ## SIGKILL a platform during writes and pushes, 100 times on each database
	KILLS=$(KILLS) $(BIN)/pytest -o faulthandler_timeout=36000 $(KILLED) $(ARGS)
	STORE=postgresql KILLS=$(KILLS) $(BIN)/pytest -o faulthandler_timeout=36000 $(KILLED) $(ARGS)
fuzz: $(VENV)/.dev ## The reference platform, every bundle, large budget
	$(BIN)/python -m tests.fuzz $(ARGS)
mutants: $(VENV)/.mutants ## Mutation testing of one part, in a clone (ARGS=paging)
	$(BIN)/python -m tests.mutants $(ARGS)
bench: $(VENV)/.bench $(PEERS)/.peers ## Binding, models and platform compared with others
	$(BIN)/python -m bench $(ARGS)

##@ Maintain
.PHONY: dist lock clean help
dist: $(VENV)/.dev ## All wheels in dist/: built, checked, installed and imported
	rm -rf dist build/dist
	$(PIP) wheel --no-deps --no-build-isolation --wheel-dir dist $(PACKAGES:%=./%)
	$(BIN)/twine check --strict dist/*.whl
	$(PYTHON) -m venv build/dist
	build/dist/bin/python -m pip --disable-pip-version-check --quiet install dist/*.whl
	build/dist/bin/python -m pip check
	cd build/dist && bin/python -c "import $(MODULES)" && bin/ocpi --version
lock: $(VENV)/.dev ## Recompile requirements/*.txt from requirements/*.in
	$(BIN)/python requirements/lock.py $(ARGS)
clean: ## Remove the environment and all caches
	rm -rf $(VENV) $(PEERS) $(PYOCPI) build dist site .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
help: ## This list
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} \
	/^[a-z-]+:.*## / {printf "  make %-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# The stamps: one for each group of requirements. A later group contains the earlier ones.
$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)
$(VENV)/.run: requirements/run.txt $(PACKAGES:%=%/pyproject.toml) | $(VENV)/bin/python
	$(PIP) install --require-hashes -r requirements/run.txt
	$(PIP) install --no-deps --no-build-isolation $(EDITABLE)
	@touch $@
$(VENV)/.dev: requirements/dev.txt $(VENV)/.run
	$(PIP) install --require-hashes -r requirements/dev.txt
	@touch $@
$(VENV)/.bench: requirements/bench.txt $(VENV)/.dev
	$(PIP) install --require-hashes -r requirements/bench.txt
	@touch $@
$(VENV)/.mutants: requirements/mutants.txt $(VENV)/.dev
	$(PIP) install --require-hashes -r requirements/mutants.txt
	@touch $@
# Other implementations need libraries that conflict with ours, so they live apart.
$(PEERS)/.peers: requirements/peers.txt
	$(PYTHON) -m venv --clear $(PEERS)
	$(PEERS)/bin/python -m pip --disable-pip-version-check --quiet install --require-hashes -r $<
	@touch $@
$(PYOCPI)/.peers: requirements/pyocpi.txt
	$(PYTHON) -m venv --clear $(PYOCPI)
	$(PYOCPI)/bin/python -m pip --disable-pip-version-check --quiet install --require-hashes -r $<
	@touch $@
