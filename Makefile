# Two commands need nothing but Python 3.11+ and make:
#   make demo     install into .venv and run the demo (ARGS="--rounds 2" passes flags)
#   make test     install into .venv, then all checks and all tests
# Node, to build the web app, comes from a wheel when there is none; WHORL_SKIP_WEB=1 leaves the app out.
# PYTHON=python3.12 picks the interpreter. PYTEST_ARGS="-k boxes" narrows the tests.

PYTHON ?= python3
ARGS ?=
PYTEST_ARGS ?=
BIN := .venv/bin
CHECKED := $(wildcard src tests tools benchmarks examples)

.PHONY: demo test check pytest fix clean

demo:
	@$(PYTHON) tools/setup_venv.py demo
	@$(BIN)/whorl demo $(ARGS)

test: check pytest

pytest:
	@$(PYTHON) tools/setup_venv.py test
	@$(BIN)/python -m pytest -n 2 --reruns 2 --reruns-delay 1 $(PYTEST_ARGS)

check:
	@$(PYTHON) tools/setup_venv.py test
	@$(BIN)/ruff check $(CHECKED)
	@$(BIN)/ruff format --check $(CHECKED)
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python tools/check_limits.py
	@$(BIN)/python tools/write_reference.py --check
	@$(BIN)/python tools/check_web.py
	@$(BIN)/codespell -L nin $(filter-out tests,$(CHECKED)) docs *.md

fix:
	@$(PYTHON) tools/setup_venv.py test
	@$(BIN)/ruff check --fix $(CHECKED)
	@$(BIN)/ruff format $(CHECKED)
	@$(BIN)/python tools/write_reference.py
	@$(BIN)/python tools/check_web.py --fix

clean:
	rm -rf src/whorl/_web web/node_modules
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist
	find src tests tools benchmarks examples -name __pycache__ -type d -prune -exec rm -rf {} +
