# Heliotrope: every target sets up what it needs. `make` alone lists them.

VENV     := .venv
BIN      := $(VENV)/bin
PY       := $(BIN)/python
READY    := $(VENV)/ready
SYNAPSE  := .venv-synapse/ready
SCENARIO := deploy/examples/atlas.toml

# Tried in this order; PYTHON=... on the command line goes first.
PYTHONS    := $(PYTHON) python3 python3.13 python3.12 python3.11
SUPPORTED  := import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))
CAN_CREATE := import ensurepip, venv; $(SUPPORTED)
IS_WHOLE   := import pip; $(SUPPORTED)

.DEFAULT_GOAL := help
.PHONY: help run test check bench chaos format catalogues pictures clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

run: $(READY) ## show a simulated team's day, then (in a terminal) chat with the bot as one of its members
	$(BIN)/heliotrope demo --scenario $(SCENARIO)
	@if [ -t 0 ]; then $(BIN)/heliotrope chat --as Ana --scenario $(SCENARIO); fi

test: $(READY) $(SYNAPSE) ## run the tests, without the slow lanes (chaos, bench)
	$(PY) -m pytest -n 2 --dist loadfile --ignore=tests/chaos --ignore=tests/benchmarks

check: $(READY) ## lint, types, import directions, catalogues, architecture
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy --strict
	$(BIN)/lint-imports --no-logo
	$(PY) -m bot.testing.catalogues check
	$(PY) -m pytest tests/architecture -q

bench: $(READY) ## measure, and compare with what was promised
	$(PY) -m tests.benchmarks

chaos: $(READY) $(SYNAPSE) ## crash, lose and repeat things, and look for what got lost or doubled
	$(PY) -m pytest tests/chaos

format: $(READY) ## format the code and fix what the linter can
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

catalogues: $(READY) ## bring every locales/*/LC_MESSAGES/*.po up to date with the code
	$(PY) -m bot.testing.catalogues update

pictures: $(READY) ## draw the README's pictures from what the demo prints
	$(PY) -m bot.testing.pictures deploy/pictures

clean: ## remove the environment, the caches and what was built
	rm -rf $(VENV) .venv-synapse tests/platforms/matrix/humans/node_modules build dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A Matrix server of its own for the tests; says so, and the tests skip with that reason, where it can't be installed.
$(SYNAPSE): tests/platforms/matrix/synapse.txt | $(READY)
	@$(PY) -m tests.platforms.matrix.synapse install

$(READY): pyproject.toml requirements/run.txt requirements/dev.txt
	@$(PY) -c '$(IS_WHOLE)' 2>/dev/null || { \
	    for python in $(PYTHONS); do \
	        if $$python -c '$(CAN_CREATE)' >/dev/null 2>&1; then \
	            echo "Setting up $(VENV) with $$python"; exec $$python -m venv --clear $(VENV); \
	        fi; \
	    done; \
	    echo "Heliotrope needs Python 3.11, 3.12 or 3.13 with venv; none of these is one: $(PYTHONS)" >&2; exit 1; }
	@$(PY) -m pip install --quiet --disable-pip-version-check -r requirements/dev.txt
	@$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@
