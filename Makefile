# The portal's two commands are `run` and `test`. Everything else here is a part of one of them.
.PHONY: run test check messages docs bench

run: ## install what is missing, load AoCE with demo people, start web, worker and beat
	@scripts/bootstrap run && exec .venv/bin/python scripts/run.py

test: ## install what is missing, run every check and test there is
	@scripts/bootstrap test && exec .venv/bin/python scripts/check.py

check: test

messages: ## collect the strings to translate into locale/
	@.venv/bin/python manage.py makemessages -l nl --no-location --no-obsolete -i node_modules -i .venv -i var -i tests -i benchmarks

docs: ## write the generated pages of docs/
	@.venv/bin/python manage.py workflows

bench: ## measure; prints tables as in benchmarks/README.md
	@scripts/bootstrap test && .venv/bin/python scripts/prepare.py >/dev/null \
	  && .venv/bin/python benchmarks/bench_pages.py && .venv/bin/python benchmarks/bench_pdf.py
