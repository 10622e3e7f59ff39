# Each target makes the virtual environment it needs; nothing but python3, git and make is asked for.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: demo test check format messages docs bench reliability clean

demo: $(READY)  ## the main job on the sample school: import, lessons and payments, statuses, four reports
	@PATH="$(CURDIR)/$(BIN):$$PATH" sh examples/demo.sh

test: $(READY)  ## the tests
	$(BIN)/pytest -n auto

check: $(READY)  ## format, lint, types, layers, tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(MAKE) --no-print-directory test

format: $(READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

messages: $(READY)  ## gather the texts into the Russian catalogue and compile it
	$(BIN)/python tools/messages.py

bench: $(READY)  ## the speed figures of docs/benchmarks.md, on this machine (hours: 'python -m benchmarks --help' has parts)
	$(BIN)/python -m benchmarks

reliability: $(READY)  ## tries to lose something of a school, for hours; the figures of docs/reliability.md
	$(BIN)/python -m benchmarks.reliability

clean:
	rm -rf $(VENV) build demo *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $(READY)
