# Every command of the README. `make help` lists them.
PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
RUN := $(BIN)/python manage.py
STAMP := .venv/.ready

.PHONY: help setup demo drill test soak bench pictures lint fmt clean
.DEFAULT_GOAL := help

help: ## what there is
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

setup: $(STAMP) ## makes .venv with everything in it

$(STAMP): requirements.txt requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed."; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "Please run: apt-get install -y python3-venv"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

demo: setup ## the whole line at work, with robots and a desk for you (PORT=8000)
	$(RUN) demo --port $(PORT) $(ARGS)

FILE ?= fixtures/days/sample_hour.csv
OPERATORS ?= 80
OUT ?= var/drill
drill: setup ## replays a day: make drill FILE=day.csv OPERATORS=80 OUT=var/drill ARGS="--seed 7"
	$(RUN) drill "$(FILE)" --operators $(OPERATORS) --out "$(OUT)" $(ARGS)

test: setup ## everything on SQLite, and again on PostgreSQL if it is there
	$(BIN)/python -m tests.run_all

soak: setup ## whole days and long races
	$(BIN)/python -m tests.run_all --soak

bench: setup ## measures, as ratios to a stated baseline: make bench [NAME=webhook]
	$(BIN)/python -m bench $(NAME)

pictures: setup ## takes docs/pictures anew, from a demo at work
	$(BIN)/python -m tests.screens.pictures

lint: setup ## ruff, the layers between rooms, missing migrations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	KINDLINE_SANDBOX=1 $(RUN) makemigrations --check --dry-run

fmt: setup ## puts the code in shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean: ## removes what demo, drill and tests left behind; not the database
	rm -rf var/demo var/drill bench.json .pytest_cache .ruff_cache .hypothesis .import_linter_cache
