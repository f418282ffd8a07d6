# Layer Lab: `make run` starts it, `make test` tests it. Both need Python 3.11 or newer and nothing else.

PORT ?= 8501
ADDRESS ?= localhost
VENV ?= .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip install --disable-pip-version-check --progress-bar on

# The first Python that really runs (a version manager's stand-in may not), is new enough and makes environments.
CHECK := import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))
FIND_PYTHON = for name in $(PYTHON) python3.13 python3.12 python3.11 python3 python; do \
	if "$$name" -c '$(CHECK)' >/dev/null 2>&1; then echo "$$name"; break; fi; done

.PHONY: help run test check check-lowered fuzz format bench screenshots clean browser
.DELETE_ON_ERROR:

help:
	@echo "make run          start the lab at http://$(ADDRESS):$(PORT) (PORT=, ADDRESS=, LAB_HOME= change where)"
	@echo "make test         run all tests (ARGS='-k name' chooses)"
	@echo "make check        format, lint, types, import rules and all tests"
	@echo "make check-lowered  the engine's tests as on a processor without AVX-512, and with OpenBLAS's wide kernels"
	@echo "make fuzz         compare the engine with a second one on SPECS= runs that nobody has seen (3000)"
	@echo "make format       rewrite the code in the project's format"
	@echo "make bench        measure, and print the table of docs/benchmarks.md"
	@echo "make screenshots  remake the pictures of README and docs"
	@echo "make clean        remove the environment and every cache; data and runs stay"

run: $(VENV)/run.stamp
	@$(PY) -m lab data --fetch || true
	@echo
	@echo "Layer Lab starts at http://$(ADDRESS):$(PORT) - Ctrl-C stops it."
	@exec $(PY) -m streamlit run app.py --server.port $(PORT) --server.address $(ADDRESS)

test: $(VENV)/dev.stamp browser
	@$(RUN_TESTS)

check: $(VENV)/dev.stamp browser
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy
	$(VENV)/bin/lint-imports
	$(VENV)/bin/oxlint --deny-warnings static tests/static
	@$(RUN_TESTS)

# Two at a time with one thread each; then what drives a browser, one after the other. Both report before it ends.
# A browser journey has a second try, and the report names it: a busy machine may draw over what was just typed.
RUN_TESTS = failed=0; \
	OMP_NUM_THREADS=1 $(PY) -m pytest -rs -n 2 -m "not browser" $(ARGS) || failed=1; \
	$(PY) -m pytest -rsR --reruns 1 -m browser $(ARGS) || failed=1; \
	exit $$failed

# What depends on the processor, once more with fewer instructions, and with the other library of products.
ENGINE_TESTS = tests/lab/steps tests/lab/training/test_loop.py tests/lab/training/test_checkpoint.py \
	tests/lab/training/test_inbox.py tests/lab/parts/layers tests/lab/parts/test_losses.py \
	tests/lab/training/test_recipes.py tests/differential
LOWERED = OMP_NUM_THREADS=1 ONEDNN_MAX_CPU_ISA=AVX2 ATEN_CPU_CAPABILITY=avx2
WIDE = OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 OPENBLAS_CORETYPE=SkylakeX

check-lowered: $(VENV)/dev.stamp
	$(LOWERED) $(PY) -m pytest -n 2 $(ENGINE_TESTS) $(ARGS)
	@if grep -q avx512vl /proc/cpuinfo 2>/dev/null; then \
		$(WIDE) $(PY) -m pytest -n 2 tests/lab/steps tests/differential $(ARGS); \
	fi

SPECS ?= 3000
fuzz: $(VENV)/dev.stamp
	OMP_NUM_THREADS=1 LAB_FUZZ_SPECS=$(SPECS) $(PY) -m pytest tests/differential/test_engine.py $(ARGS)

format: $(VENV)/dev.stamp
	$(PY) -m ruff check --fix-only .
	$(PY) -m ruff format .

bench: $(VENV)/bench.stamp browser
	$(PY) -m bench

screenshots: $(VENV)/dev.stamp browser
	$(PY) -m docs.screenshots

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/run.stamp: requirements.txt
	@python=$$($(FIND_PYTHON)); \
	if [ -z "$$python" ]; then \
		echo "Layer Lab needs Python 3.11 or newer with its venv module, and found none." >&2; \
		echo "Install one (Debian, Ubuntu: apt-get install python3-venv) or name it: make run PYTHON=/path/to/python3" >&2; \
		exit 1; \
	fi; \
	if ! $(PY) -c '$(CHECK)' >/dev/null 2>&1; then \
		echo "Making the environment $(VENV) with $$($$python --version)"; \
		"$$python" -m venv --clear $(VENV); \
	fi
	@echo "Installing what the lab runs on; the first time this takes a few minutes"
	@$(PIP) -r requirements.txt
	@touch $@

$(VENV)/dev.stamp: $(VENV)/run.stamp requirements-dev.txt
	@$(PIP) -r requirements-dev.txt
	@touch $@

$(VENV)/bench.stamp: $(VENV)/dev.stamp bench/requirements.txt
	@$(PIP) -r bench/requirements.txt
	@touch $@

# A Chromium for the browser tests: the system's, Debian's, or Playwright's; without one they are skipped.
browser: $(VENV)/dev.stamp
	@$(PY) -m tests.support.served >/dev/null 2>&1 || { \
		echo "Looking for a browser to test with"; \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null; \
		fi; \
		$(PY) -m tests.support.served >/dev/null 2>&1 || $(PY) -m playwright install chromium; \
	} || true
	@$(PY) -m tests.support.served || true
