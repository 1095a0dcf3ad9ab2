# Two commands are all that is needed: `make serve` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -q

.PHONY: serve test check browser load throughput torture sbom train clean

serve: $(VENV)/.serve
	$(BIN)/tiaowen serve

test: $(VENV)/.test check
	$(BIN)/python -m pytest -q

# Format, lint and types, before the tests.
check: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/mypy

# Debian's browser and Chinese fonts, with which the page tests look at real pages.
browser:
	apt-get update -q && apt-get install -y -q --no-install-recommends chromium fonts-noto-cjk

# Ask a real server 20,000 questions on loopback; LOAD passes flags, e.g. LOAD='--workers 2 --clients 8'.
load: $(VENV)/.test
	$(BIN)/python tests/measure_load.py $(LOAD)

# How fast files become clauses, on the two shipped plans; python -m corpus.sweep FOLDER measures any other documents.
throughput: $(VENV)/.serve
	$(BIN)/python -m corpus.sweep corpus/samples --times 100

# Kill it, fill its disk, damage its files, feed it nonsense: hours; the table is in docs/reliability.md.
# TORTURE passes flags, e.g. TORTURE='--only kills soak --scale 0.1'.
torture: $(VENV)/.test
	$(BIN)/python tests/torture.py $(TORTURE)

# What an installation is made of, as build/sbom.json and docs/licences.md.
sbom: $(VENV)/.test
	$(BIN)/python deploy/sbom.py

# Train the shipped encoder and ranker again; DATA is the data folder that index/model/README.md describes.
train: $(VENV)/.test
	$(BIN)/python -m index.training --data $(DATA) --out index/model

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.serve: $(VENV)/bin/python pyproject.toml constraints.txt
	$(PIP) install -c constraints.txt -e .
	touch $@

$(VENV)/.test: $(VENV)/bin/python pyproject.toml constraints.txt
	$(PIP) install -c constraints.txt -e '.[test]'
	touch $@ $(VENV)/.serve

clean:
	rm -rf $(VENV) build dist *.egg-info
