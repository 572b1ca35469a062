# Two commands matter: `make up` runs the product, `make test` runs everything that CI runs.
# Both work on a fresh machine that has Python 3.11+ (with venv) and make, and install what they need into .venv.

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
PORT   ?= 8000
EXTRAS ?= reader
# Tests run in this many processes.
JOBS   ?= 2

.PHONY: up test install lint unit services browser clean

up: $(VENV)/.up
	@exec $(BIN)/python manage.py up --port $(PORT)

install: $(VENV)/.dev

test: lint unit services browser

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	$(BIN)/lint-imports --no-cache
	$(BIN)/python manage.py makemigrations --check --dry-run

# SQLite and the embedded Redis: what runs with no configuration at all.
unit: $(VENV)/.dev
	env -u DATABASE_URL -u REDIS_URL $(BIN)/python -m pytest -n $(JOBS) -m "not browser and not faults and not fuzz and not benchmark"
	@command -v npm >/dev/null && npm install --silent --no-package-lock --no-audit --no-fund --fetch-retries 1 \
		--prefix tests/faults/tus || echo "No tus-js-client: its tests are skipped."
	env -u DATABASE_URL -u REDIS_URL $(BIN)/python -m pytest -m "faults or fuzz"

# The same code on PostgreSQL and a Redis server; says so and passes where neither answers.
services: $(VENV)/.dev
	$(BIN)/python tests/on_services.py -m "not browser and not faults and not fuzz and not benchmark" tests/sightings tests/flows

browser: $(VENV)/.dev
	env -u DATABASE_URL -u REDIS_URL $(BIN)/python -m pytest -m "browser" || [ $$? -eq 5 ]

$(VENV)/.base:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	@touch $@

# What `make up` needs, which is no torch: a CPU reads by ONNX Runtime. With an NVIDIA GPU: make up EXTRAS=worker
$(VENV)/.up: pyproject.toml $(VENV)/.base
	$(BIN)/python -m pip install -qq --editable ".[$(EXTRAS)]"
	@touch $@

# torch comes first and at one version: a plain requirement would fetch the newest build with gigabytes of CUDA.
$(VENV)/.dev: pyproject.toml $(VENV)/.base
	$(BIN)/python -m pip install --quiet "torch==2.13.0"
	$(BIN)/python -m pip install -qq --editable ".[worker,dev]"
	@touch $@ $(VENV)/.up

clean:
	rm -rf $(VENV) build *.egg-info
