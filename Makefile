# The project's habits. Each target sets up what it needs; nothing has to be prepared by hand.
SHELL := /bin/bash
# The small labelled set that is in the repository; see docs/guard.md.
CORPUS ?= crates/evaluation/fixtures
.DEFAULT_GOAL := help
SETUP := scripts/setup.sh
TOOLS = PATH="$$($(SETUP) path):$$PATH"

.PHONY: help run build test test-rust test-end2end check audit bench eval-guard clean prepare

help: ## Show this list
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9-]+):.*## /\1\t/' | expand -t 16

run: build ## Set up, build, start, and print the address and credentials (ARGS=--no-demo starts empty)
	@exec target/release/tokenone serve $(ARGS)

build: ## Build the server and the site for production
	@$(SETUP)
	@$(TOOLS) cargo leptos build --release
	@node scripts/compress.mjs

test: test-rust test-end2end ## Run every test: Rust, Postgres, SDKs, browser

test-rust:
	@$(SETUP)
	@$(TOOLS) cargo test --workspace --exclude frontend

test-end2end: build
	@$(SETUP) test
	@$(TOOLS) scripts/end2end.sh

check: ## Format, lints, licences, offline queries, tidiness
	@$(SETUP) check
	cargo fmt --all --check
	cargo clippy --workspace --exclude frontend --all-targets -- -D warnings
	cargo clippy -p frontend --target wasm32-unknown-unknown -- -D warnings
	@$(TOOLS) cargo deny --all-features check bans licenses sources
	@$(TOOLS) scripts/prepare.sh --check
	cargo test -q -p testing --test tidy

audit: ## Look for dependencies with known vulnerabilities (fetches the RustSec database)
	@$(SETUP) check
	@$(TOOLS) cargo deny --all-features check advisories

prepare: ## Renew the offline query data after a change of SQL
	@$(SETUP) check
	@$(TOOLS) scripts/prepare.sh

bench: build ## Measure against going direct and against peers, side by side
	@$(SETUP) test
	@$(TOOLS) benches/run.sh

eval-guard: ## Measure the guard on a labelled corpus (CORPUS=<folder> OUT=<file.json>, SPEED=1 for times, CARD=1 for the console)
	@cargo run -q --release -p evaluation --bin eval-guard -- --corpus "$(CORPUS)" $(if $(OUT),--out "$(OUT)") $(if $(SPEED),--speed) $(if $(CARD),--card crates/console/src/guard/card.json --on "$$(date -u +%F)")

clean: ## Remove what was built, and stop the test database
	-@cargo run -q -p testing --bin test_postgres -- stop
	rm -rf target node_modules end2end/node_modules .venv
