# One command from figures to paper:   make            (environment, notebooks, exhibits, paper)
# One command for the tests:           make test
# All verbs:                           make help
#
# The rules are the graph: one rule a notebook, its target the executed notebook. They keep to
# the features of make 3.81, which macOS ships. Whoever brings an environment of their own
# (conda: see environment.yml) activates it and says   make ENV=active

PYTHON ?= python3
ENV    ?= venv
# an interpreter named on the command line has an environment of its own: make test PYTHON=python3.13
ifeq ($(origin PYTHON),command line)
VENV   ?= .venv-$(notdir $(PYTHON))
endif
VENV   ?= .venv

ifeq ($(ENV),active)
PY    := python
READY :=
else
PY    := $(VENV)/bin/python
READY := $(VENV)/ready
# the environment names the folder of the sources: in one that was moved or copied it would run others
OTHER := $(shell for link in $(VENV)/lib/python3*/site-packages/_agglometrics.pth; do \
  if [ -e "$$link" ] && ! [ "$$(cat "$$link")" -ef src ]; then cat "$$link"; fi; done)
ifneq ($(OTHER),)
$(error The environment in $(VENV) runs the sources in $(OTHER): this folder was moved or copied. \
  Remove $(VENV) and run make again, which makes it anew)
endif
endif

export UV_PYTHON_DOWNLOADS := never
export PYTHONHASHSEED := 0
export SOURCE_DATE_EPOCH := 1735689600
# The authors' BLAS may differ from yours in the last digit when it runs threads.
export OMP_NUM_THREADS := 1
# Every notebook and every test process reads the sources: compiled once, also where others are told not to.
export PYTHONDONTWRITEBYTECODE :=
# packages in the home of the user are no part of the environment
export PYTHONNOUSERSITE := 1
# nor are their other packages, their settings of Python and of pictures
unexport PYTHONPATH PYTHONSAFEPATH PYTHONSTARTUP PYTHONOPTIMIZE PYTHONWARNINGS PYTHONHOME PYTHONINSPECT
unexport PYTHONDEVMODE PYTHONIOENCODING MPLBACKEND MPLCONFIGDIR MATPLOTLIBRC NUMBA_DISABLE_JIT

SRC      := $(shell find src -name '*.py')
# the manifest names the raw tables, so that one that is lost is missed
RAW      := data/raw/manifest.csv $(addprefix data/raw/,$(shell cut -d, -f1 data/raw/manifest.csv | sed 1d))
EXECUTED := build/notebooks
RUN       = $(PY) -m hunan.paper.run_notebook
# the long ones, on which others wait, first: two run at once
NOTEBOOKS := 10_data 50_pilot 26_distance 22_plants 40_cluster_effects 00_tour 01_own_data 20_agglomeration 25_linkages 30_shift_share 55_claims 60_exhibits 61_exhibits_growth 62_exhibits_linkages 63_exhibits_effects 64_exhibits_plants 65_exhibits_pilot

# outside plain make: it needs archives that are their authors'
APART := 35_published_tables

.PHONY: site verification all built-all built-figures built-tables built-paper environment spark figures tables paper notebooks published test tests lint style types coverage mutants bench simulations check-raw origin archive lock clean help
.DELETE_ON_ERROR:

# As many notebooks run at once as there are cores to run them; make -j4 or JOBS=1 says otherwise.
JOBS ?= 2
AT_ONCE = $(if $(findstring jobserver,$(MAKEFLAGS)),,-j$(JOBS))

# first what an earlier run read and wrote, by content: a changed file stops make, a lost or stale
# one is made again
all figures tables paper: $(READY)
	@$(PY) -m hunan.paper.records $(NOTEBOOKS) $(if $(filter all paper,$@),$(TEXTS))
	@$(MAKE) --no-print-directory $(AT_ONCE) built-$@

built-all: $(NOTEBOOKS:%=$(EXECUTED)/%.ipynb) built-paper

help:
	@echo "make              environment, notebooks, figures, tables and the paper"
	@echo "make test         lint, then the tests; PYTHON=python3.13 runs them on that one"
	@echo "make lint         ruff (format and lint) and mypy --strict"
	@echo "make figures      every figure of the paper           (paper/figures)"
	@echo "make tables       every table of the paper            (paper/tables)"
	@echo "make paper        the paper as PDF, HTML and LaTeX    (paper/paper.*)"
	@echo "make notebooks    JupyterLab on the notebooks"
	@echo "make published    reruns published tables, where AGGLOMETRICS_REFERENCE names their archives"
	@echo "make origin       rebuilds data/raw from the files it was read from   (ORIGIN=/their/folder)"
	@echo "make archive      what is deposited: one file, the same bytes every time  (dist/)"
	@echo "make coverage     the tests again, measured: fails below 97 percent of lines and branches"
	@echo "make mutants      small changes of the arithmetic that no test notices (not part of the tests)"
	@echo "make simulations  size and coverage of what the library states: docs/simulations.md, from tests/simulations/table.csv"
	@echo "make verification the tests against other programs, what they compared: build/verification.json"
	@echo "make site         the documentation as a static site    (build/site; shows what has been run)"
	@echo "make bench        the benchmarks, as ratios to the alternatives (not part of the tests)"
	@echo "make environment  the Python environment alone        ($(VENV))"
	@echo "make spark        Spark in that environment, for its test    (300 MB; needs Java 17)"
	@echo "make clean        removes what make built; never data/raw, never the environment"
	@echo "make -n           what would run"

# ---- environment ---------------------------------------------------------------------------
# uv comes from its own hash-pinned entry in the lock; then the lock is installed, and the package.
environment: $(READY)

$(VENV)/ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "agglometrics needs Python 3.11 or newer; found $$($(PYTHON) --version). Say make PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	awk '/^uv==/ {on=1} on {print} on && !/\\$$/ {exit}' requirements.lock > $(VENV)/uv.txt
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r $(VENV)/uv.txt
	$(VENV)/bin/uv pip sync --quiet --python $(PY) --compile-bytecode requirements.lock
	$(VENV)/bin/uv pip install --quiet --python $(PY) --no-deps --no-build-isolation --editable .
	touch $@

lock: $(READY)
	$(PY) -m uv pip compile --quiet pyproject.toml --extra excel --extra spatial --group study --group site --group dev \
	  --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate \
	  --no-header --output-file requirements.lock
	$(PY) -c 'import tomllib; \
	  extras = tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"]; \
	  print(*extras["spark"], sep="\n")' | \
	  $(PY) -m uv pip compile --quiet - --constraints requirements.lock \
	  --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate \
	  --no-header --output-file requirements-spark.lock

# Spark is no part of the environment: without it (or Java) its one test is skipped, saying so.
spark: $(READY)
	$(PY) -m uv pip install --quiet --python $(PY) --require-hashes -r requirements-spark.lock

# ---- data and notebooks --------------------------------------------------------------------
build/raw-verified: $(RAW) $(READY)
	@mkdir -p build
	$(PY) -m hunan.data.manifest --check --mark $@

check-raw: build/raw-verified

# the chain before data/raw: the files read are not ours to hand on, a folder with them is named
origin: $(READY)
	@if [ -n "$(ORIGIN)" ]; then $(PY) -m hunan.data.origin "$(ORIGIN)"; \
	else echo "Name the folder of origin files: make origin ORIGIN=/folder. It is to hold:"; \
	  $(PY) -m hunan.data.origin --files; exit 1; fi

$(EXECUTED)/%.ipynb: notebooks/%.ipynb notebooks/project.py $(SRC) $(READY)
	@mkdir -p $(EXECUTED)
	$(RUN) $< $@

# what a notebook reads beside its own source; tests/notebooks holds this against its first cell
$(EXECUTED)/00_tour.ipynb: build/raw-verified
$(EXECUTED)/10_data.ipynb: build/raw-verified
$(EXECUTED)/20_agglomeration.ipynb: $(EXECUTED)/10_data.ipynb
$(EXECUTED)/22_plants.ipynb: build/raw-verified
$(EXECUTED)/25_linkages.ipynb: build/raw-verified $(EXECUTED)/10_data.ipynb $(EXECUTED)/20_agglomeration.ipynb
$(EXECUTED)/26_distance.ipynb: build/raw-verified
$(EXECUTED)/30_shift_share.ipynb: build/raw-verified $(EXECUTED)/10_data.ipynb
$(EXECUTED)/40_cluster_effects.ipynb: build/raw-verified $(EXECUTED)/10_data.ipynb
$(EXECUTED)/55_claims.ipynb: $(EXECUTED)/10_data.ipynb $(EXECUTED)/20_agglomeration.ipynb
$(EXECUTED)/50_pilot.ipynb: build/raw-verified $(EXECUTED)/10_data.ipynb
$(EXECUTED)/55_claims.ipynb: $(EXECUTED)/25_linkages.ipynb $(EXECUTED)/30_shift_share.ipynb $(EXECUTED)/40_cluster_effects.ipynb $(EXECUTED)/50_pilot.ipynb
$(EXECUTED)/60_exhibits.ipynb: $(EXECUTED)/10_data.ipynb $(EXECUTED)/20_agglomeration.ipynb $(EXECUTED)/55_claims.ipynb

$(EXECUTED)/61_exhibits_growth.ipynb: $(EXECUTED)/10_data.ipynb $(EXECUTED)/30_shift_share.ipynb
$(EXECUTED)/62_exhibits_linkages.ipynb: $(EXECUTED)/10_data.ipynb $(EXECUTED)/25_linkages.ipynb
$(EXECUTED)/63_exhibits_effects.ipynb: $(EXECUTED)/10_data.ipynb $(EXECUTED)/40_cluster_effects.ipynb
$(EXECUTED)/64_exhibits_plants.ipynb: build/raw-verified $(EXECUTED)/22_plants.ipynb $(EXECUTED)/26_distance.ipynb
$(EXECUTED)/65_exhibits_pilot.ipynb: $(EXECUTED)/50_pilot.ipynb

EXHIBITS := $(patsubst %,$(EXECUTED)/%.ipynb,$(filter 6%,$(NOTEBOOKS)))
built-figures built-tables: $(EXHIBITS)

notebooks: $(READY)
	cd notebooks && $(abspath $(PY)) -m jupyter lab

published: $(READY)
	@if [ -d "$(AGGLOMETRICS_REFERENCE)/shift_share" ]; then \
	  AGGLOMETRICS_REFERENCE="$(abspath $(AGGLOMETRICS_REFERENCE))" \
	    $(MAKE) --no-print-directory $(APART:%=$(EXECUTED)/%.ipynb); \
	else \
	  echo "skipped: AGGLOMETRICS_REFERENCE names no folder that holds shift_share/. It is to hold:"; \
	  $(PY) -c "from agglometrics.datasets import archives as a; \
	    print(*{x.published for x in vars(a).values() if isinstance(x, a.Archive)}, sep='\n')"; \
	fi

# ---- paper ---------------------------------------------------------------------------------
TEXTS := paper appendix
PAPER_SOURCES := $(wildcard paper/*.bib paper/templates/*)

built-paper: $(foreach text,$(TEXTS),paper/$(text).pdf paper/$(text).html paper/$(text).tex)

$(TEXTS:%=paper/%.pdf): paper/%.pdf: paper/%.md $(PAPER_SOURCES) $(NOTEBOOKS:%=$(EXECUTED)/%.ipynb)
	$(PY) -m hunan.paper.build $< --record build/texts

# the three come from one run; one that was lost is made again
define AGAIN
@if [ -e $@ ]; then touch $@; else $(PY) -m hunan.paper.build $(basename $@).md --record build/texts; fi
endef
$(TEXTS:%=paper/%.html): paper/%.html: paper/%.pdf
	$(AGAIN)
$(TEXTS:%=paper/%.tex): paper/%.tex: paper/%.pdf
	$(AGAIN)

# ---- checks --------------------------------------------------------------------------------
lint: style types

style: $(READY)
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -c 'from importlinter.cli import lint_imports_command; lint_imports_command()' --no-cache

types: $(READY)
	$(PY) -m mypy

# ruff and the contracts first; mypy, which takes a minute or two, beside the tests
test: style
	@$(MAKE) --no-print-directory -j2 types tests

# Asserts are rewritten, which costs half a minute, only for what failed: it runs again to show its values.
tests: $(READY)
	$(PY) -m pytest -n 2 --dist worksteal --assert=plain $(RECORD) || \
	  { $(PY) -m pytest --last-failed --last-failed-no-failures none; exit 1; }

# what tests compare with other programs and articles, as they run: the site's page of verifications
RECORD := -p tests.verification.plugin --verification build/verification.json

verification: $(READY)
	$(PY) -m pytest -n 2 --dist worksteal $(RECORD) \
	  $$($(PY) -c 'from tests.verification.sources import files; print(*files())')

# ---- site ----------------------------------------------------------------------------------
# Not part of make: it shows the notebooks, figures and records that are there, and says what is not.
site: $(READY)
	$(PY) -m docs.site build/site

# compiled functions cannot be traced: a fast part of their tests runs them uncompiled
UNCOMPILED := by_hand or enumeration or alias or exact_distribution or threads or border or window

coverage: $(READY)
	@mkdir -p build/coverage
	$(PY) -m coverage erase
	$(PY) -m coverage run -m pytest -n 2 --dist worksteal
	NUMBA_DISABLE_JIT=1 $(PY) -m coverage run -m pytest tests -k "($(UNCOMPILED)) and not unbiased"
	$(PY) -m coverage combine --quiet
	$(PY) -m coverage report --fail-under 97

mutants: $(READY)
	$(PY) -m tests.mutants --seed 0 --count 100

simulations: $(READY)
	OMP_NUM_THREADS=1 $(PY) -m tests.simulations --seed 0 --output tests/simulations/table.csv --page docs/simulations.md

bench: $(READY)
	@mkdir -p build
	$(PY) -m tests.benchmarks --output build/benchmarks.csv

# of the commit that is checked out; to be unpacked on deposit
ARCHIVE := dist/agglometrics-$(shell sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml)-replication.tar.gz

archive: $(READY)
	@mkdir -p $(dir $(ARCHIVE))
	@$(PY) -m hunan.paper.archive $(ARCHIVE)

clean:
	rm -rf build data/tidy data/measures data/estimates paper/figures paper/tables paper/numbers
	rm -f $(foreach text,$(TEXTS),paper/$(text).pdf paper/$(text).html paper/$(text).tex)
