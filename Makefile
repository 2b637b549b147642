PORT ?= 8000
PYTHON ?= python3
PY := .venv/bin/python

.PHONY: run test test-fast lint pictures bench lock clean

run: .venv/installed ## serve on 127.0.0.1:$(PORT), with the demo on first start
	@$(PY) manage.py migrate --verbosity 0
	@$(PY) manage.py seed_demo --if-empty
	@PORT=$(PORT) exec $(PY) manage.py serve

test: .venv/installed-dev ## every check and every test
	@scripts/test.sh

test-fast: .venv/installed-dev ## the suite on SQLite alone
	@env -u DATABASE_URL -u REDIS_URL $(PY) -m pytest -q -n 2 -m "not e2e and not services"

lint: .venv/installed-dev ## mend what can be mended, show the rest
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .
	find . -name '*.html' -path '*templates*' -not -path './.venv/*' -print0 | xargs -0 .venv/bin/djade --target-version 5.2
	.venv/bin/mypy
	.venv/bin/lint-imports

pictures: .venv/installed-dev ## screenshots and PDF pages into docs/pictures
	$(PY) -m tests.pictures

bench: .venv/installed-dev ## how long the main work takes
	@for each in scoring cases network pdf; do $(PY) -m tests.bench.bench_$$each || exit 1; done
	@$(PY) -m pytest -q -s tests/bench/bench_pages.py tests/bench/bench_people.py

lock: ## pin every requirement again; needs uv
	uv pip compile --python-version 3.11 --generate-hashes --no-emit-index-url --no-header requirements.in -o requirements.lock
	uv pip compile --python-version 3.11 --generate-hashes --no-emit-index-url --no-header requirements-dev.in -o requirements-dev.lock

clean: ## remove what can be made again; var/ with its data stays
	rm -rf .venv staticfiles .pytest_cache .ruff_cache .mypy_cache .import_linter_cache .hypothesis htmlcov .coverage test-results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/installed: requirements.lock
	@scripts/install.sh $(PYTHON) $<
	@touch $@

.venv/installed-dev: requirements-dev.lock
	@scripts/install.sh $(PYTHON) $<
	@touch $@ .venv/installed
