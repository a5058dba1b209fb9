# Every target does its own set-up from a fresh clone. Ordinary user or root; needs python3, make and git.
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
ARGS ?=

.PHONY: help install demo demo-zone run test test-quick test-api test-vm coverage lint messages changes release-notes bench format screenshots clean

help:
	@echo "make install             the Python environment, for bin/installer VERB"
	@echo "make demo [ARGS=--once]  the whole runbook on simulated nodes, with a console to watch it on"
	@echo "make demo-zone           a second zone joins a region, with real memcached and haproxy"
	@echo "make run                 the console for real use: no lab, no demo data"
	@echo "make test                all tests, with all their set-up"
	@echo "make test-quick          tests that need no more than a database (about a minute)"
	@echo "make test-api            generated requests to every operation of the API; ARGS=\"--max-examples 100\" makes more"
	@echo "make test-vm             a rehearsal on a virtual machine: real disks, a real sshd (minutes; root, once)"
	@echo "make coverage            all tests, and how many branches of each app they take; ARGS=\"tests/unit tests/db\" runs fewer"
	@echo "make lint                linters, formatter, types, import rules"
	@echo "make messages            texts of the pages into the catalogues of locale/; ARGS=zh_Hans adds a language"
	@echo "make changes             what changed since the last release, from docs/changes"
	@echo "make bench               how fast it is, against others on the same nodes (minutes)"
	@echo "make screenshots         pictures of the console's pages in artifacts/screenshots"

$(VENV)/.run: requirements.txt scripts/venv.sh
	@sh scripts/venv.sh "$(PYTHON)" "$(VENV)" requirements.txt
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.run
	@sh scripts/venv.sh "$(PYTHON)" "$(VENV)" requirements-dev.txt
	@touch $@

install: $(VENV)/.run

demo: $(VENV)/.run
	@$(PY) -m lab.demo $(ARGS)

demo-zone: $(VENV)/.run
	@$(PY) -m lab.demo_zone $(ARGS)

run: $(VENV)/.run
	@sh scripts/run.sh "$(PY)" $(ARGS)

test: $(VENV)/.dev
	@sh scripts/test-packages.sh
	@$(PY) -m pytest -n auto --dist worksteal $(ARGS)

test-quick: $(VENV)/.dev
	@env -u PYTHONDONTWRITEBYTECODE $(PY) -m pytest -n auto --dist worksteal --hypothesis-profile quick tests/unit tests/db $(ARGS)

coverage: $(VENV)/.dev
	@$(MAKE) --no-print-directory test ARGS="--cov --cov-report= $(ARGS)"
	@$(PY) scripts/branch_coverage.py

# ARGS are options of schemathesis run; make test runs the same with few examples.
test-api: $(VENV)/.dev
	@SCHEMATHESIS_ARGS='$(ARGS)' $(PY) -m pytest -n auto -rP tests/system/test_generated_requests.py

test-vm: $(VENV)/.dev
	@sh scripts/test-vm.sh "$(PY)" $(ARGS)

lint: $(VENV)/.dev
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(VENV)/bin/lint-imports

messages: $(VENV)/.run
	@sh scripts/messages.sh "$(PY)" $(ARGS)

changes: $(VENV)/.dev
	@$(VENV)/bin/towncrier build --draft --version Unreleased --date ""

# Moves docs/changes into docs/CHANGELOG.md under the version of pyproject.toml and today's date.
release-notes: $(VENV)/.dev
	@$(VENV)/bin/towncrier build --version "$$(sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml)" $(ARGS)

$(VENV)-bench/.made: requirements-bench.txt scripts/venv.sh
	@sh scripts/venv.sh "$(PYTHON)" $(VENV)-bench requirements-bench.txt
	@touch $@

bench: $(VENV)/.dev $(VENV)-bench/.made
	@for name in config engine events watchers collect scale api; do $(PY) bench/$$name.py $(ARGS) || exit; done
	@$(PY) bench/config.py --through service $(ARGS)

format: $(VENV)/.dev
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

screenshots: $(VENV)/.dev
	@sh scripts/test-packages.sh
	@$(PY) -m pytest tests/browser $(ARGS)
	@ls artifacts/screenshots

clean:
	rm -rf $(VENV) $(VENV)-bench .pytest_cache .mypy_cache .ruff_cache lab/shims/.ruff_cache .import_linter_cache .hypothesis \
		.schemathesis artifacts
