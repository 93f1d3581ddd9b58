# Two commands are enough: `make report` and `make test`. Python 3.11 (or newer) and make is all they need.
PYTHON ?= python3
WORKERS ?= 2
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help report notebooks test docs lock clean

help:  ## Show what can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 12

report: $(VENV)/.runtime  ## Render the town reports of the default municipality (reports/helsingor-replica/index.html)
	$(BIN)/screening make-default
	$(BIN)/screening report helsingor-replica --all --workers $(WORKERS)

notebooks: $(VENV)/.runtime  ## Open JupyterLab on the notebooks (begin with 00_start.ipynb)
	$(BIN)/screening make-default
	$(BIN)/jupyter lab notebooks

test: $(VENV)/.dev $(VENV)-peers/.ready  ## Run all tests, linters and type checks
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile

docs: $(VENV)/.runtime  ## Write the generated pages of the manual
	$(BIN)/python -m screening.assumptions.document docs/assumptions.md
	$(BIN)/screening replicate --out docs/replication.md

lock: $(VENV)/.dev  ## Resolve the dependencies anew and write the lock files
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 --upgrade pyproject.toml --group build -o requirements.lock
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 pyproject.toml --group dev -c requirements.lock -o requirements-dev.lock
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 --group pyproject.toml:peers -o requirements-peers.lock

clean:  ## Remove the environment, processed data and reports
	rm -rf $(VENV) $(VENV)-peers data/processed/*/ reports/*/ data/raw/helsingor-replica

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: requirements.lock pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.runtime
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	touch $@

# Other tools that solve the same plant, apart from ours: their versions of pandas and xarray are their own matter.
$(VENV)-peers/.ready: requirements-peers.lock | $(VENV)/bin/python
	$(PYTHON) -m venv $(VENV)-peers
	$(VENV)-peers/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-peers.lock
	touch $@
