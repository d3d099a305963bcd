# Holdfast. `make help` says what there is.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
REPORT ?=
LEAN ?=
FULL ?=
DATA ?=
export REPORT

LOCK := requirements/$(if $(LEAN),dev,full).txt
PARTS := Kafka's Java runtime, an embedded ClickHouse$(if $(LEAN),,; torch for the transformer tier)
STAMP := $(VENV)/.$(if $(LEAN),dev,full).installed

help:  ## say what there is
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo "  LEAN=1 leaves sentence-transformers (torch, some 5 GB) out; REPORT=file.json writes figures as JSON; DATA=folder keeps the demo's data."

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Holdfast needs Python 3.11 or later: make $(MAKECMDGOALS) PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "python3 -m venv failed; on Debian: apt install python3-venv"; exit 1; }

$(STAMP): $(LOCK) requirements/bootstrap.txt pyproject.toml | $(VENV)/bin/python
	@echo "Setting up $(VENV) from $(LOCK), every package checked against its hash."
	@echo "Downloads some $(if $(LEAN),0.7 GB,3.5 GB) once ($(PARTS)); needs $(if $(LEAN),3,10) GB of disk and 4 GB of memory."
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/bootstrap.txt
	@$(BIN)/uv pip sync -q --python $(BIN)/python --require-hashes $(LOCK) requirements/bootstrap.txt
	@$(BIN)/uv pip install -q --python $(BIN)/python --no-deps -e . -e client
	@echo "Compiling the kernels, so that no first start has to: some 10-20 s."
	@$(BIN)/python -c "import detectors.monitor, detectors.features.extract, streams.embedding.static"
	@touch $@

setup: $(STAMP)  ## virtual environment from the hashed lock

demo: setup  ## the main job on embedded Kafka and ClickHouse, under 4 minutes
	@exec $(BIN)/python -m streams.cli demo $(if $(REPORT),--report "$(REPORT)") $(if $(DATA),--data "$(DATA)")

test: setup lint type  ## lint, types and every test but the long fault runs
	@$(BIN)/python -m pytest -n 2 --dist loadgroup -m "not chaos"

chaos: setup  ## the long runs of faults: kill -9, rebalance, lost brokers
	@$(BIN)/python -m pytest -m chaos

bench: setup  ## the figures of the README, as ratios against peers of the same run
	@exec $(BIN)/python -m benchmarks $(if $(REPORT),--report "$(REPORT)")

science: setup  ## how well detectors detect, beside the best possible and River; FULL=1 an hour
	@exec $(BIN)/python -m benchmarks.science $(if $(FULL),--full) $(if $(REPORT),--report "$(REPORT)")

format: setup  ## format the code
	@$(BIN)/ruff format -q .
	@$(BIN)/ruff check -q --fix .

lint: setup  ## format check, lint, import floors
	@$(BIN)/ruff format --check -q . || { echo "Run: make format"; exit 1; }
	@$(BIN)/ruff check -q .
	@$(BIN)/lint-imports --no-logo

type: setup  ## mypy strict and pyright
	@$(BIN)/mypy
	@$(BIN)/basedpyright --level error

contracts: setup  ## write the golden schemas and AsyncAPI anew
	@$(BIN)/python -m streams.contracts

lock: setup  ## renew the hashed locks
	@lock() { $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-header --no-annotate --upgrade pyproject.toml $${@:2} -o requirements/$$1.txt; }; \
	lock base; lock transformer --extra transformer; lock dev --extra embedded --group dev; \
	lock full --extra embedded --extra transformer --group dev

clean:  ## take away what set-up and runs have made
	@rm -rf $(VENV) .holdfast build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

.PHONY: help setup demo test chaos bench science format lint type contracts lock clean
