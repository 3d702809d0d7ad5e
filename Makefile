# Two commands do it all on a fresh machine:
#   make book    install, build and serve the book
#   make test    install and run all tests
PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
SETUP := tools/setup.py

.PHONY: book serve build lite test lab dist golden clean
.DEFAULT_GOAL := book

# A stamp a set of packages: nothing is installed again while pyproject.toml and the lock are unchanged.
.venv/.book .venv/.lite .venv/.lab .venv/.dist .venv/.test: .venv/.%: pyproject.toml requirements.txt $(SETUP)
	@$(PYTHON) $(SETUP) $*

book: .venv/.book
	@$(BIN)/claimbook serve --port $(PORT)

# For authors: rebuilds after a change and reloads the page.
serve: .venv/.book
	@$(BIN)/claimbook serve --watch --port $(PORT)

build: .venv/.book
	@$(BIN)/claimbook build

# The book with Python in the browser on its exercises, as it is published.
lite: .venv/.lite
	@$(BIN)/claimbook build --lite

lab: .venv/.lab
	@$(BIN)/jupyter lab --notebook-dir=.

# The files to hand out, in dist/.
dist: .venv/.dist
	@$(BIN)/claimbook dist

test: .venv/.test
	@PYTHONWARNINGS="ignore:Field:UserWarning" $(BIN)/python -m pytest -n auto --dist loadgroup

# Run all notebooks again and write their outputs: after a change of content, then read the diff.
golden: .venv/.lab
	@$(BIN)/claimbook golden

clean:
	rm -rf .venv _build dist
