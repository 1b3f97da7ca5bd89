# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Everything is made inside .cache/. `make` alone lists the targets.

# Any Python from 3.8 on can run the tools; they find the interpreters that the work needs.
PYTHON := $(or $(shell command -v /usr/bin/python3 || command -v python3),\
	$(error Python 3.11 or newer is needed; on Debian or Ubuntu: sudo apt-get install -y python3-venv))
TOOLS := tests/tools
VENV := .cache/venv
TREE := $(CURDIR)/.cache/tree
WORKERS ?= auto
CORE ?= newest
FURTHER := $(wildcard tests/contract tests/chaos tests/disasters tests/benchmark)

export ANSIBLE_COLLECTIONS_PATH := $(TREE)
export ANSIBLE_HOME := $(CURDIR)/.cache/ansible
export PYTHONPATH := $(TREE):$(CURDIR)
export HYPOTHESIS_STORAGE_DIRECTORY := $(CURDIR)/.cache/hypothesis
export LC_ALL := C.UTF-8
# Bytecode halves the start of every ansible-playbook.
unexport PYTHONDONTWRITEBYTECODE
unexport ANSIBLE_CONFIG

# $(call in,NAME) prepares the environment NAME and puts its programs first.
in = $(PYTHON) $(TOOLS)/environments.py $(1) && PATH="$(CURDIR)/$(VENV)/$(1)/bin:$$PATH"

.PHONY: help demo test versions lint docs unit integration pytest sanity units package bench clean servers
.DEFAULT_GOAL := help
# The targets share environments.
.NOTPARALLEL:

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 22

demo: ## a company's HR files and what comes of them, against services on this machine
	@$(call in,demo) python -m sandbox.demo

test: versions lint docs pytest sanity package ## everything below except units and bench
	@echo "make test: all passed"

versions:
	@$(PYTHON) $(TOOLS)/pythons.py

# What the certification of event sources runs.
EDA_RUFF = ruff check --isolated --quiet --select ALL \
	--ignore D100,D104,INP001,FA102,UP001,UP010,I001,FA100,PLR0913,E501

lint: ## licence headers, ruff, mypy, yamllint, ansible-lint
	@$(PYTHON) $(TOOLS)/headers.py
	@$(call in,lint) ruff check .
	$(if $(wildcard extensions/eda/plugins),@$(call in,lint) $(EDA_RUFF) extensions/eda/plugins)
	@$(call in,test) mypy
	@$(call in,lint) yamllint --strict .
	@$(call in,lint) ansible-lint --offline --profile production

docs: ## documentation of every plugin, changelog fragments
	@$(call in,lint) antsibull-docs lint-collection-docs --plugin-docs --validate-collection-refs all .
	@$(call in,lint) antsibull-changelog lint

unit: ## pytest on tests/unit
	@$(call in,test) pytest -n $(WORKERS) --dist loadfile tests/unit

integration: servers ## pytest on tests/integration, against servers on loopback
	@$(call in,test) pytest -n $(WORKERS) --dist loadfile tests/integration

# What takes long comes first, so that no worker is left with it at the end.
pytest: servers ## unit and integration in one run
	@$(call in,test) pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(FURTHER) tests/integration tests/unit

servers:
	@$(PYTHON) tests/integration/npm_servers.py

sanity: ## ansible-test sanity; CORE=2.16 for another ansible-core
	@$(PYTHON) $(TOOLS)/ansible_test.py $(CORE) sanity

units: ## ansible-test units on every Python; CORE=2.16 for another ansible-core
	@$(PYTHON) $(TOOLS)/ansible_test.py $(CORE) units

package: ## build, install and import the collection's tarball
	@$(PYTHON) $(TOOLS)/package.py

bench: ## requests, times and memory, into docs/performance.md
	@$(call in,bench) python -m tests.benchmark

clean: ## remove everything that was made
	rm -rf .cache
