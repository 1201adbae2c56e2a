# What a newcomer, a developer and CI run. Everything is installed into .venv from the hashed locks.

PYTHON ?= $(or $(shell command -v python3.11),python3)
VENV := .venv
BIN := $(VENV)/bin
LOCK := uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-header --no-annotate --quiet --extra postgresql --extra build pyproject.toml

.DEFAULT_GOAL := help
.PHONY: help demo test check bench bench-loader bench-students soak docs format lock clean

help:  ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

demo: $(VENV)/run  ## a demo university on this machine, from its files to its pages
	@$(BIN)/staffroom demo

test: $(VENV)/dev  ## every test; says what was skipped and why
	@$(BIN)/python -m pytest -n 2 --dist loadgroup -rs

check: $(VENV)/dev  ## style, types, import order, and whether docs, OpenAPI and translations are fresh
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports --no-logo 2>&1 > $(VENV)/lint-imports.log || { cat $(VENV)/lint-imports.log; exit 1; }
	@$(BIN)/python -m docs.make --check

bench: $(VENV)/dev  ## how fast, as ratios within one run
	@$(BIN)/python -m bench.run

bench-loader: $(VENV)/dev  ## how fast students arrive: a whole state from SFTP to the registry
	@$(BIN)/python -m bench.loading $(OPTIONS)

bench-students: $(VENV)/dev  ## how fast pages about students are: a district of 20,000 under 8 readers
	@$(BIN)/python -m bench.students $(OPTIONS)

soak: $(VENV)/dev  ## kill and restart the night's work for ten minutes, comparing tables
	@$(BIN)/python -m bench.soak

docs: $(VENV)/dev  ## write the generated pages, OpenAPI and translations anew
	@$(BIN)/python -m docs.make

format: $(VENV)/dev  ## put the code into the house style
	@$(BIN)/ruff format --quiet . && $(BIN)/ruff check --quiet --fix .

lock:  ## resolve the dependencies anew (needs uv)
	$(LOCK) -o requirements.lock
	$(LOCK) --group dev -o requirements-dev.lock

clean:  ## remove the environment, the demo and what tools left behind
	rm -rf $(VENV) demo-university build .mypy_cache .ruff_cache .hypothesis

# The environment: `run` is what the program needs, `dev` what its tests and checks need beyond that.
$(VENV)/run: requirements.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@test -e $(VENV)/dev || $(MAKE) --no-print-directory install LOCKED=requirements.lock
	@touch $@

$(VENV)/dev: requirements-dev.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(MAKE) --no-print-directory install LOCKED=requirements-dev.lock
	@touch $@

.PHONY: install
install:
	@echo "Installing $(LOCKED) into $(VENV) …"
	@if command -v uv >/dev/null; then \
		uv pip install --quiet --python $(BIN)/python --require-hashes -r $(LOCKED) && \
		uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .; \
	else \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(LOCKED) && \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .; \
	fi
