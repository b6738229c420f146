# Everything a person or CI does with this repository. `make` alone lists it.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help demo test test-python test-page test-vendors check web hooks faults bench bench-traces bench-view bench-web growth reading refusals shots recordings docs openapi examples clean

# The first Python of at least 3.11 on this machine; `make PYTHON=/path/to/python ...` chooses another.
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { echo $$p; break; }; done)

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
WORKERS ?= 2
# A process that a test kills is not started again: the run would wait for its tests without an end.
PARALLEL = -n $(WORKERS) --dist loadgroup --max-worker-restart=0
SCANS := scans-demo

help:  ## List the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# --- Environment: made once, again when what it is made from changes --------------------------------------------------

$(BIN)/python:
	@if [ -z "$(PYTHON)" ]; then \
		echo "Scout needs Python 3.11 or newer, and none was found."; \
		echo "On Debian: apt-get install python3.11 python3.11-venv. Or: make PYTHON=/path/to/python demo"; exit 1; fi
	@echo "Making an environment in $(VENV) with $$($(PYTHON) --version) ..."
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo "Python cannot make environments. On Debian: apt-get install python3.11-venv"; exit 1; }

$(VENV)/.installed: $(BIN)/python pyproject.toml constraints.txt
	@echo "Installing Scout and what it needs (a minute or two, once) ..."
	@$(PIP) install -qq --upgrade 'pip>=25.1'
	@$(PIP) install -qq --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	@echo "Installing the tools for tests and checks (a minute, once) ..."
	@$(PIP) install -qq --constraint constraints.txt --group dev
	@touch $@

$(VENV)-vendors/.installed: $(BIN)/python pyproject.toml
	@echo "Installing packages of vendors in $(VENV)-vendors (a few minutes, once) ..."
	@$(BIN)/python -m venv $(VENV)-vendors
	@$(VENV)-vendors/bin/python -m pip install -qq --upgrade 'pip>=25.1'
	@$(VENV)-vendors/bin/python -m pip install -qq --group vendors
	@touch $@

# --- What one does ----------------------------------------------------------------------------------------------------

demo: $(VENV)/.installed  ## Scan the example logs and show the results
	@rm -rf $(SCANS)
	@echo "scout scan examples/scanners.py -T examples/logs --scans $(SCANS)"
	@$(BIN)/scout scan examples/scanners.py -T examples/logs --scans $(SCANS)
	@echo
	@echo "scout scan results $(SCANS)/scan_id=* --where \"value NOT IN ('false', '0')\" --limit 6"
	@$(BIN)/scout scan results $(SCANS)/scan_id=* --where "value NOT IN ('false', '0')" --limit 6
	@echo
	@echo "python examples/judging.py examples/logs $(SCANS)-judged   (a scripted model; one line takes a real one)"
	@rm -rf $(SCANS)-judged
	@$(BIN)/python examples/judging.py examples/logs $(SCANS)-judged
	@echo
	@echo "Where to look next:"
	@echo "  the command          source $(VENV)/bin/activate, then: scout --help"
	@echo "  the scanners         examples/scanners.py, examples/judging.py"
	@echo "  as JSON              $(BIN)/scout scan results $(SCANS)/scan_id=* --scanner edits_tests --format json"
	@echo "  as a data frame      $(BIN)/python -c \"import inspect_scout as s;" \
		"print(s.scan_results_df(s.scan_list('$(SCANS)')[0].location).scanners['edits_tests'])\""
	@echo "  the manual           docs/index.md (make docs builds it)"

test: $(VENV)/.installed-dev  ## Run the whole test suite, of the page (in Chromium) and of the library
	@status=0; $(MAKE) --no-print-directory test-page || status=1; \
	$(MAKE) --no-print-directory test-python || status=1; exit $$status

test-python: $(VENV)/.installed-dev  ## Run the tests of the library
	@$(BIN)/python -m pytest -q $(PARALLEL)

test-page: $(VENV)/.installed-dev  ## Run the tests of the page: units, then real flows in Chromium (ONLY="transcript")
	@web/with-node.sh npx vitest run --silent=passed-only
	@web/with-node.sh bash tests/run.sh $(ONLY)

test-vendors: $(VENV)/.installed-dev $(VENV)-vendors/.installed  ## Compare imports with servers and clients of Phoenix, Weave and Logfire
	@SCOUT_TEST_VENDORS=$(CURDIR)/$(VENV)-vendors/bin/python $(BIN)/python -m pytest -q tests/_importers/platforms -k vendor

web: $(VENV)/.installed-dev  ## Build the page into the package (after a change in web/)
	@web/with-node.sh bash build.sh

check: $(VENV)/.installed-dev  ## Run every static check and hold the budgets
	@PATH="$(CURDIR)/$(BIN):$$PATH" bash tests/check.sh

hooks:  ## Let git refuse commits whose subject is too long
	@hook="$$(git rev-parse --git-path hooks)/commit-msg"; mkdir -p "$$(dirname "$$hook")"; \
	if [ -e "$$hook" ] && ! grep -q commit_subjects "$$hook"; then \
		echo "$$hook exists already. Call tests/commit_subjects.py from it, with the name of the message file."; exit 1; fi; \
	printf '%s\n' '#!/bin/sh' 'check="$$(git rev-parse --show-toplevel)/tests/commit_subjects.py"' \
		'[ ! -f "$$check" ] || exec python3 "$$check" "$$1"' >"$$hook"; \
	chmod +x "$$hook"; echo "Installed $$hook"

faults: $(VENV)/.installed-dev  ## Kill and corrupt many more times than `make test` does
	@SCOUT_TEST_FAULT_ROUNDS=$${SCOUT_TEST_FAULT_ROUNDS:-70} SCOUT_TEST_HUGE_MEGABYTES=$${SCOUT_TEST_HUGE_MEGABYTES:-1000} \
	  $(BIN)/python -m pytest -q $(PARALLEL) -m fault --timeout 1800

bench: $(VENV)/.installed-dev  ## Time commands, and scans beside bare libraries (ONLY="cli_* refuse_*", REFERENCE=/path/to/python)
	@$(BIN)/python -m benchmarks $(if $(REFERENCE),--reference $(REFERENCE)) $(if $(ONLY),--only "$(ONLY)") $(if $(SIZE),--size $(SIZE))

growth: $(VENV)/.installed-dev  ## Time what a unit costs when there are 1, 10 and 100 times as many
	@$(BIN)/python -m benchmarks.growth $(if $(ONLY),--only "$(ONLY)")

reading: $(VENV)/.installed-dev  ## Time what only looks at scans: list, status, results
	@$(BIN)/python -m benchmarks.reading

bench-traces: $(VENV)/.installed-dev  ## Time imports of sessions and spans (REFERENCE=/path/to/python)
	@$(BIN)/python -m benchmarks.traces $(if $(REFERENCE),--reference $(REFERENCE))

bench-view: $(VENV)/.installed-dev  ## Time the server: lists, results, transcripts (ONLY="huge", REFERENCE=/path/to/python)
	@$(BIN)/python -m benchmarks.view $(if $(REFERENCE),--reference $(REFERENCE)) $(if $(ONLY),--only "$(ONLY)")

bench-web: $(VENV)/.installed-dev  ## Time the page in Chromium: rows, reading, results (ONLY="reading", REFERENCE=/path/to/scout, SIZE="--rows 1000")
	@$(BIN)/python -m benchmarks.web $(if $(REFERENCE),--reference $(REFERENCE)) $(if $(ONLY),--only "$(ONLY)") $(SIZE)

refusals: $(VENV)/.installed-dev  ## Time how soon one is told of a mistake, sees that a scan has begun, and can ask the server
	@$(BIN)/python -m benchmarks.refusals

shots: $(VENV)/.installed-dev  ## Take pictures of the page and the notebook, to be looked at (ONLY="scan", DATA=/folder/of/transcripts)
	@SCOUT_SHOTS=$(CURDIR)/shots/page $(if $(DATA),SCOUT_SHOTS_DATA=$(abspath $(DATA))) web/with-node.sh bash tests/run.sh $(if $(ONLY),--grep "$(ONLY)")
	@$(if $(ONLY),true,PYTHONPATH=tests $(BIN)/python -m e2e.shots shots/notebook)

recordings: $(VENV)/.installed-dev  ## Record what the published server answers (REFERENCE=/path/to/python of its environment)
	@$(if $(REFERENCE),$(BIN)/python tests/record_reference.py $(REFERENCE),echo "Give REFERENCE=/path/to/python of an environment with the published package."; exit 1)

docs: $(VENV)/.installed-dev  ## Build the manual into site/
	@$(BIN)/python docs/generate_cli.py
	@$(BIN)/python docs/generate_options.py
	@NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --quiet --strict
	@echo "The manual is in site/index.html"

openapi: $(VENV)/.installed-dev  ## Write the description of the page's API again
	@$(BIN)/python docs/generate_openapi.py

examples: $(VENV)/.installed  ## Make the example logs again (scripted model, no network)
	@$(BIN)/python examples/make_logs.py

clean:  ## Remove what the other commands made
	@rm -rf $(VENV) $(VENV)-vendors $(SCANS) $(SCANS)-judged site shots build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache \
		benchmarks/data benchmarks/figures
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
