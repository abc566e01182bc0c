# The front door. Bare `make` lists what there is. PORT, DATABASE_URL, REDIS_URL … come from the environment or .env.
.DEFAULT_GOAL := help
.PHONY: help run test test-fast prove check format messages migrate seed lock bench kill mutants clean setup setup-dev
.SILENT:
BIN := .venv/bin
# A working copy demonstrates; a server says DEMO=0 and brings its own settings (see .env.example).
export DEMO ?= $(shell sed -n 's/^DEMO=//p' .env 2>/dev/null | grep . || echo 1)

help:  ## List the targets
	awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile

run: setup  ## Start the site with its worker and beat; PORT=8080 moves it, DEMO_AT=2026-11-10T17:30+01:00 its time
	exec $(BIN)/python manage.py up

test: setup-dev  ## Run the whole suite, on every database and browser that this machine has
	exec $(BIN)/python .ci/suite.py

test-fast: setup-dev  ## Run the suite on SQLite only, without a browser, proofs, long walks and processes of the site
	exec $(BIN)/python .ci/suite.py fast

prove: setup-dev  ## Run the proofs in their long versions: every time zone, a year of a desk, thousands of sequences
	$(BIN)/python -m tests.long

check: setup-dev  ## Format, lint, import contracts, types, migrations, messages, settings, dependencies
	exec $(BIN)/python .ci/check.py

format: setup-dev  ## Put the code in form
	$(BIN)/ruff check --fix-only --quiet . ; $(BIN)/ruff format .

messages: setup-dev  ## Collect the texts to translate and compile what is translated (needs gettext)
	$(BIN)/python manage.py makemessages -l fr --add-location file --ignore .venv --ignore var --ignore tests
	$(BIN)/python manage.py compile_catalogues

migrate: setup  ## Bring the database up to date
	$(BIN)/python manage.py migrate

seed: setup  ## Load the demonstration data into an empty database
	$(BIN)/python manage.py seed_demo

lock: setup-dev  ## Pin the dependencies of pyproject.toml anew
	$(BIN)/python .ci/lock

bench: setup-dev  ## Measure the pages and the sweep against their budgets
	$(BIN)/python -m bench

kill: setup-dev  ## Kill every act at every statement, then a whole working day; make sure that nothing is lost
	$(BIN)/python -m tests.faults

mutants: setup-dev  ## Put small faults into the core, see which no test notices; APP=sla SAMPLE=200 SEED=7 look at some
	$(BIN)/python -m tests.mutants $(if $(APP),--app $(APP)) $(if $(SAMPLE),--sample $(SAMPLE)) $(if $(SEED),--seed $(SEED))

clean:  ## Remove the environment and every cache; your data in var/ stays
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

setup:
	.ci/setup

setup-dev:
	.ci/setup dev
