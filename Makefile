# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Two commands do all the set-up on a machine that has Python 3.10 or newer, git and make: "make demo" and "make test".
# Everything they need is installed and written below this directory: .venv, .cache and build.

VENV := .venv
STAMP := $(VENV)/.installed
PY := $(VENV)/bin/python
TOOLS = PYTHONPATH=tests $(PY) -m tools

# PYTHON=/path/to/python3 chooses the interpreter for .venv; else the first of these that will do.
PYTHON ?=
CANDIDATES := $(or $(PYTHON),python3 python3.13 python3.12 python3.11 python3.10 python3.14)

# Given on the command line, TARGET= (what to run of sanity, units, integration or awx: names separated by blanks), SIM_*=
# (simulator), HYPOTHESIS_CASES= and HOSTILE_MUTANTS= (units), SEED=, RUNS=, JOBS= and ONLY= (chaos), REPEATS=, ONLY= and
# SHORT= (bench), CORE= and QUICK= (matrix) reach the programs through the environment, as all such variables do.

STAGES := lint sanity units integration docs

.DEFAULT_GOAL := help
.PHONY: help venv $(STAGES) test build matrix demo browser awx chaos bench simulator format lock clean distclean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

venv: $(STAMP) ## Make .venv with everything that the other commands need

lint: $(STAMP) ## ruff, mypy, yamllint, ansible-lint, codespell, changelog, and own rules
	@$(TOOLS).run_stage $@

sanity: $(STAMP) ## ansible-test sanity (TARGET=pylint for one)
	@$(TOOLS).run_stage $@

units: $(STAMP) ## The unit tests (TARGET=tests/unit/tools/ for some, by ansible-test)
	@$(TOOLS).run_stage $@

integration: $(STAMP) ## ansible-test integration against the simulator (TARGET=vbs_policy for one)
	@$(TOOLS).run_stage $@

docs: $(STAMP) ## Check the documentation of plugins and the guides
	@$(TOOLS).run_stage $@

test: $(STAMP) ## All of the stages: lint sanity units integration docs, with a summary
	@$(TOOLS).run_stage $(STAGES)

matrix: $(STAMP) ## sanity, units and integration on every ansible-core and Python that is promised (CORE="2.16 2.21" for some, QUICK=1)
	@$(TOOLS).run_stage $@

demo: $(STAMP) ## Run playbooks/demo.yml against the simulator, in check mode and twice, and leave a report of it in build/coverage.html
	@$(TOOLS).demo

browser: $(STAMP) ## Look at the coverage report in a real browser (Chromium), if there is one
	@PYTHONPATH=tests exec $(PY) -m browser

awx: $(STAMP) ## Run the examples for AWX by ansible-runner, as AWX does (TARGET="coverage_report token" for some)
	@PYTHONPATH=tests exec $(PY) -m awx

chaos: $(STAMP) ## Whole plays in random weather: SEED=7 RUNS=300 JOBS=8, or ONLY=123 for one run of a seed
	@PYTHONPATH=tests exec $(PY) -m chaos

bench: $(STAMP) ## Measure what the project promises of speed and requests: REPEATS=3, ONLY="ping wait" for some, SHORT=1 for counts
	@PYTHONPATH=tests exec $(PY) -m benchmark

simulator: $(STAMP) ## Run the simulator in the foreground (SIM_PORT= SIM_JOB_SECONDS= SIM_VOLUMES= SIM_FLAVOR=)
	@PYTHONPATH=tests exec $(PY) -m simulator

build: $(STAMP) ## Build the collection's artifact into build/ and let galaxy-importer judge it
	@$(TOOLS).run_stage $@

format: $(STAMP) ## Put the Python files into ruff's format and mend what ruff can mend
	@$(VENV)/bin/ruff check --fix --quiet .; $(VENV)/bin/ruff format .

lock: $(STAMP) ## Resolve tests/requirements-dev.in anew into tests/requirements-dev.txt
	@$(TOOLS).lock

clean: ## Remove what was built; .venv and the caches stay
	rm -rf build tests/output .ansible .hypothesis

distclean: clean ## Remove .venv and the caches too
	rm -rf $(VENV) .cache

# The list of packages is the only thing .venv depends on: a new list installs again, into the same place.
$(STAMP): tests/requirements-dev.txt
	@command -v git >/dev/null || { echo "git is missing: install the package git." >&2; exit 1; }
	@found=; usable=; for python in $(CANDIDATES); do \
	  "$$python" -c 'import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 14))' 2>/dev/null || continue; \
	  found="$$python"; \
	  "$$python" -c 'import ensurepip, venv' 2>/dev/null && usable="$$python" && break; \
	done; \
	if test -z "$$found"; then \
	  echo "Python 3.10 to 3.14 is needed and none was found; name one with: make PYTHON=/path/to/python3" >&2; exit 1; \
	elif test -z "$$usable"; then \
	  echo "$$found cannot make virtual environments: install the package python3-venv (Debian, Ubuntu), then run make again." >&2; exit 1; \
	fi; \
	echo "Installing the tools into $(VENV) with $$("$$usable" --version); this is done once and takes about a minute."; \
	export PIP_CACHE_DIR="$(CURDIR)/.cache/home/.cache/pip"; mkdir -p "$$PIP_CACHE_DIR" && \
	"$$usable" -m venv $(VENV) && $(PY) -m pip install --quiet --disable-pip-version-check -r $< && touch $@
