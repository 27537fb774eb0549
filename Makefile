# The whole workflow on one page. Every target first makes sure that .venv has exactly what the locks pin.
# ARGS goes to the command behind a target: make demo ARGS="--speed 60 --port 8090"

PYTHONS := python3.11 python3.12 python3.13 python3
PYTHON = $(shell for p in $(PYTHONS); do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
COMPILE := CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/pip-compile --quiet --generate-hashes --strip-extras --allow-unsafe \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host

# Tests start many processes; each would compile the whole product for itself.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo setup run test quick check audit storm bench measure rooms pictures lock

help:  ## this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 16

demo: .venv/.runtime  ## a small company with its own Telegram, in the browser, nothing to set up
	$(BIN)/firstline demo $(ARGS)

setup: .venv/.runtime  ## from a token to a test ticket, in one dialogue
	$(BIN)/firstline setup $(ARGS)

run: .venv/.runtime  ## the bot itself, by the settings in .env
	$(BIN)/firstline run $(ARGS)

# Four workers on two cores: a story waits for its processes and its database about half of the time.
test: .venv/.development  ## every test, on SQLite and PostgreSQL (stories: half of them on each)
	$(BIN)/python -m pytest -n 4 --dist worksteal $(ARGS)

quick: .venv/.development  ## the tests that need no other process and no PostgreSQL: under a minute
	$(BIN)/python -m pytest -n 2 --dist worksteal -m "not postgres and not processes" $(ARGS)

check: .venv/.development  ## style, types, the shipped files, the laws of the house, the documents, the audit
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/firstline check
	$(BIN)/python -m pytest tests/test_house.py tests/test_words.py tests/test_docs.py
	$(BIN)/python -m tests.audit

audit: .venv/.development  ## pinned packages against known vulnerabilities; ARGS=--write notes what was heard
	$(BIN)/python -m tests.audit $(ARGS)

storm: .venv/.development  ## kill -9 at random instants, at length, with the figures printed; every story on both databases
	$(BIN)/python -m pytest tests/storm -s -o faulthandler_timeout=0 $(ARGS)
	$(BIN)/python -m pytest tests/stories tests/upgrade --both -n 2 --dist worksteal

bench: .venv/.development  ## ratios against bare aiogram, measured in one run
	$(BIN)/python -m benchmarks $(ARGS)

measure: .venv/.development  ## the code in figures, and the faults that may only get fewer; ARGS=--places lists them
	$(BIN)/python -m tests.measure $(ARGS)

rooms: .venv/.development  ## redraw docs/pictures/rooms.svg: which room imports which
	$(BIN)/python -m tests.rooms

pictures: .venv/.development  ## redraw docs/pictures with the demo and chromium: a short day from each side
	$(BIN)/python -m tests.pictures $(ARGS)

lock: .venv/.development  ## pin again what pyproject.toml asks for
	$(COMPILE) --build-deps-for editable --output-file requirements.lock pyproject.toml
	$(COMPILE) --build-deps-for editable --extra dev --constraint requirements.lock \
		--output-file requirements-dev.lock pyproject.toml

# One environment, filled in two steps, so that the demo does not wait for the tools.
.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Firstline needs Python 3.11 or newer; none of these is: $(PYTHONS)"; exit 1; }
	$(PYTHON) -m venv .venv

.venv/.runtime: requirements.lock pyproject.toml | .venv/bin/python
	$(PIP) --require-hashes -r requirements.lock
	$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.development: requirements-dev.lock .venv/.runtime
	$(PIP) --require-hashes -r requirements-dev.lock
	@touch $@
