# The commands of the project; each says what it does and works in a fresh clone.
.PHONY: demo demo-stop test lint guides pictures bench soak clean

demo: ## The demo school at http://127.0.0.1:8000/ (PORT=…; DEMO_DETACH=1 leaves it running)
	@scripts/bootstrap run
	@scripts/demo start

demo-stop: ## Stop a demo left running
	@scripts/demo stop

test: ## Linters, type checks, all tests
	@scripts/bootstrap test
	@scripts/test

lint: ## Linters and type checks alone
	@scripts/bootstrap dev
	@scripts/lint

guides: ## Make the pictures of the guides anew, after a page has changed
	@scripts/bootstrap test
	KIMDONG_MAKE_GUIDES=1 .venv/bin/python -m pytest tests/stories/test_guides.py -p no:randomly

pictures: ## Approve what the printed forms look like now; see with git what has changed
	@scripts/bootstrap test
	KIMDONG_APPROVE_PICTURES=1 .venv/bin/python -m pytest tests/reports/test_pictures.py -p no:randomly

bench: ## Measure the demo school on the production server
	@scripts/bootstrap dev
	.venv/bin/python -m bench

soak: ## Break the running stack in every way, under load, and see that nothing is lost
	@scripts/bootstrap soak
	.venv/bin/python -m bench.faults

clean: ## Stop what runs, delete all that was made here: also the demo school
	@scripts/clean
