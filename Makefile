# `make help` says what there is. Everything needs `make setup`, and does it by itself.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

BIN := .venv/bin
PYTEST_ARGS ?=
DEMO_ARGS ?=
MINUTES ?= 30
SEED ?=
SCREENS_ARGS ?=

.PHONY: help setup demo run test faults soak check lint format messages schemas screens picture

help: ## What there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Install what is missing: Debian packages and .venv
	@packaging/setup.sh

demo: setup ## A flag ceremony in fast motion on an embedded studio, with proof of each step (90 s)
	@$(BIN)/python -m demo $(DEMO_ARGS)

run: setup ## Start the service on schedules.yaml
	@exec $(BIN)/orchestrator run

# Decisions are tested on all cores, what waits in twos; what measures time needs the machine to itself. pytest's 5: nothing of the kind was asked for.
test: setup ## The whole suite, with real OBS, nginx-rtmp, ffmpeg and Chromium
	@status=0; \
	part() { $(BIN)/python -m pytest -m "$$@" $(PYTEST_ARGS) || { found=$$?; [ $$found -eq 5 ] || status=$$found; }; }; \
	real="-o testpaths=tests/real -p no:hypothesispytest"; \
	part "not real" -n auto --dist worksteal; \
	part "real and patient and not long" $$real -n 2 --dist loadfile --no-loadscope-reorder; \
	part "real and not patient and not long" $$real; \
	exit $$status

faults: setup ## Every fault on a live broadcast, measured; enters the figures in docs/reliability.md (40 min)
	@rows=$$(mktemp); status=0; \
	FAULTS_MEASURED=$$rows $(BIN)/python -m pytest tests/real/faults tests/real/test_edits.py tests/real/test_media_path.py -m "" $(PYTEST_ARGS) || status=$$?; \
	$(BIN)/python -m tools.reliability $$rows $(if $(PYTEST_ARGS),,--whole) || status=$$?; rm -f $$rows; exit $$status

soak: setup ## Faults at random on one broadcast, and what its processes hold; enters the figures in docs/reliability.md (MINUTES=30 SEED=7)
	@$(BIN)/python -m tests.real.soak --minutes $(MINUTES) $(if $(SEED),--seed $(SEED)) --write docs/reliability.md

lint: setup ## Format, style, types and the direction of imports
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/mypy -p demo -p tools
	@$(BIN)/lint-imports

check: lint test ## lint, then test: what must pass before a commit

format: setup ## Bring all Python files into the house's form
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

messages: setup ## Bring the catalogues of texts and docs/problems.md up to date with the code, for translators
	@$(BIN)/python -m tools.messages

schemas: setup ## Write the JSON Schemas with which editors check the files
	@$(BIN)/orchestrator schema profiles/schemas

screens: setup ## Photograph every page of the panel, on a real day with real OBS (4 min; SCREENS_ARGS=--all for every size)
	@$(BIN)/python -m tools.screens $(SCREENS_ARGS)

picture: demo ## Run the demo and keep what its viewer saw as the README's picture
	@cp demo-data/strip.png docs/images/demo.png
