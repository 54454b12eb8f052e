# `make demo` and `make test` are all that a newcomer needs; both set up everything themselves.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
READY = $(VENV)/ready

.PHONY: browser demo test test-slow test-all check docs bench clean

demo: $(READY)            ## the tutorial end to end: fills warehouse/ and reports/
	$(BIN)/mlmon demo .

test: $(READY) browser    ## every fast test
	$(BIN)/python -m pytest -m "not slow" -n 2 --dist worksteal

test-slow: $(READY) browser ## only the slow ones, and more examples for those that draw their own
	$(BIN)/python -m pytest -m slow -n 2 --dist worksteal
	MLMON_EXAMPLES=100 $(BIN)/python -m pytest tests/measure/test_oracles_*.py tests/measure/test_merge.py -n 2

test-all: test test-slow  ## both

check: $(READY)           ## lint, types, SQL
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/sqlfluff lint --processes 2 sql mlmon/warehouse/migrations

docs: $(READY)            ## the parts of docs/ that follow from commands, keys and metrics
	$(BIN)/python docs/generate.py

bench: $(READY)           ## speed, beside hand-written scripts in the same run
	$(BIN)/python benchmarks/run.py

browser: $(READY)         ## for the tests of pages: there is one if it can be had
	$(BIN)/python tests/browser.py

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	touch $(READY)

clean:                    ## everything that can be made again
	rm -rf $(VENV) reports warehouse/landing warehouse/models warehouse/*.duckdb*
