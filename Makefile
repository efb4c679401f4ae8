# OpenOPCO. « make run » starts the demonstration, « make test » runs every test. Only python3 (>= 3.11), venv and make are needed.

PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
VAR := $(or $(OPENOPCO_VAR),var)
digest = $(shell cat $(1) 2>/dev/null | cksum | cut -d' ' -f1)
BASE := $(VENV)/.base-$(call digest,requirements/base.in requirements/constraints.txt)
FULL := $(VENV)/.full-$(call digest,requirements/*.in requirements/constraints.txt)
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint requirements/constraints.txt
export PORT
# What was compiled once is not compiled again by each process: a test starts hundreds.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run reset check test pictures bench bench-smoke format

help:
	@echo "make run          la démonstration, sur http://127.0.0.1:$(PORT)/ (PORT=8001 pour en changer)"
	@echo "make reset        efface les données de la démonstration"
	@echo "make test         tous les tests"
	@echo "make check        format, règles, types, étages, gabarits, migrations, documents produits"
	@echo "make format       met le code en forme"
	@echo "make pictures     refait les images du guide et du README, depuis les scénarios"
	@echo "make bench        mesures (ROWS=10000 par défaut)"
	@echo "make bench-smoke  les mêmes mesures, courtes : elles passent, sans juger des durées"

run: $(BASE)
	@exec $(BIN)/python -m openopco.demo.supervisor

# OPENOPCO_VAR may name any folder: only one that the demonstration made is erased, and no link to another.
reset:
	@if [ -n "$(OPENOPCO_VAR)" ] && [ -e "$(VAR)" ] && \
		{ [ -L "$(VAR)" ] || [ ! -f "$(VAR)/keys.json" ] || [ ! -f "$(VAR)/openopco.sqlite3" ]; }; then \
		echo "OPENOPCO_VAR : « $(VAR) » ne contient pas les données de la démonstration. Rien n'est effacé."; exit 1; fi
	@if [ -e "$(VAR)/running.lock" ] && command -v flock >/dev/null && ! flock -n "$(VAR)/running.lock" true; then \
		echo "La démonstration est en marche : arrêtez-la d'abord (Ctrl-C)."; exit 1; fi
	@rm -rf "$(VAR)"
	@echo "Données effacées. « make run » repart de zéro."

check: $(FULL)
	@$(BIN)/python scripts/check.py

test: $(FULL)
	@$(BIN)/python scripts/run_tests.py

pictures: $(FULL)
	@OPENOPCO_PICTURES=docs/guide/images $(BIN)/python -m pytest tests/scenarios -m browser -q -n 2

bench: $(FULL)
	@$(BIN)/python scripts/bench.py

bench-smoke: $(FULL)
	@$(BIN)/python scripts/bench.py --smoke

format: $(FULL)
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix --quiet .
	@$(BIN)/python scripts/generate_docs.py

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Il faut Python 3.11 ou plus récent (PYTHON=python3.12 make run pour en choisir un)."; exit 1; }
	@echo "Création de l'environnement Python…"
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "Il manque le module venv : sudo apt install python3-venv"; exit 1; }

# Wheels alone: no compiler, no system library.
$(BASE): | $(BIN)/python
	@echo "Installation des composants (une fois, une minute environ)…"
	@$(PIP) --only-binary :all: --requirement requirements/base.in
	@rm -f $(VENV)/.base-*
	@touch $@

$(FULL): | $(BIN)/python
	@echo "Installation des composants et des outils (une fois, deux minutes environ)…"
	@$(PIP) --only-binary :all: --requirement requirements/base.in --requirement requirements/production.in --requirement requirements/test.in
	@rm -f $(VENV)/.base-* $(VENV)/.full-*
	@touch $@ $(BASE)
