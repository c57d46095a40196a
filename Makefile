# Convene. `make run` starts it, `make test` tests it; both set up what they need.

SHELL := /bin/bash
.ONESHELL:
.SHELLFLAGS := -eu -o pipefail -c
MAKEFLAGS += --no-print-directory

BINARY := target/release/convene
SDK_SOURCES := $(shell find sdk/calling/src -type f 2>/dev/null) sdk/calling/package.json $(wildcard sdk/calling/*.ts sdk/calling/tsconfig*.json) tsconfig.base.json
EFFECTS_SOURCES := $(shell find sdk/calling-effects/src -type f 2>/dev/null) sdk/calling-effects/package.json $(wildcard sdk/calling-effects/*.ts sdk/calling-effects/tsconfig*.json) sdk/calling/licences.ts tsconfig.base.json
WEB_SOURCES := $(shell find web -type f -not -path '*/node_modules/*' -not -path 'web/dist/*' 2>/dev/null)
SAMPLE_SOURCES := $(shell find samples -type f -not -path '*/node_modules/*' -not -path 'samples/dist/*' -not -path 'samples/ui-library/*' 2>/dev/null)
UI_LIBRARY_SOURCES := $(shell find samples/ui-library samples/shared -type f -not -path '*/node_modules/*' -not -path '*/dist/*' 2>/dev/null)

.PHONY: run build test check bench pictures sim fuzz mutants generate setup machine crates pages clean

## Build everything and run the server for development on http://localhost:8080
run: build
	exec $(BINARY) serve --dev --data data

## Build the binary, with the pages and the SDK in it: target/release/convene
build:
	scripts/setup.sh build
	[ -x $(BINARY) ] || $(MAKE) -j2 pages crates
	$(MAKE) pages
	cargo build --release --workspace

## All tests: Rust, SDK, browser journeys
test:
	scripts/setup.sh build
	[ -x $(BINARY) ] || $(MAKE) -j3 machine pages crates
	$(MAKE) machine build
	node scripts/test.mjs

## Format, lints, types, and the purity of the pure crates
check: pages
	scripts/check.sh

## What forwarding, memory, the REST APIs, events and ringing cost, beside a floor in the same run; how long joining takes in a browser,
## and what ten people cost one; sizes of the pages
bench: build
	cargo run --release -p convene-load --bin bench
	cargo run --release -p convene-load --bin scenarios
	scripts/setup.sh servers
	node tests/peers/bench.mjs
	node tests/events/bench.mjs
	node scripts/bundle-sizes.mjs
	scripts/setup.sh browser
	e2e/run.sh --config bench.config.ts

## Pictures of the pages in light and dark, on a desktop and on a phone: e2e/.out/pictures
pictures: build
	scripts/setup.sh browser
	e2e/run.sh --config pictures.config.ts

## Random steps against a naive model, many more of them than in `make test`
sim:
	cargo run --release -p convene-sim -- --seeds 1000 --steps 5000

## Mutations of every wire format's corpus, many more of them than in `make test`
fuzz:
	FUZZ_ROUNDS=$${FUZZ_ROUNDS:-1000000} FUZZ_SEED=$${FUZZ_SEED:-$$(date +%s)} cargo test --release -p convene-fuzz

## Break rules of the production code, one at a time, and expect the simulation to say which
mutants:
	node tests/sim/mutants/run.mjs

## Write the files that are generated from Rust types
generate:
	cargo run --release -p convene-typescript
	cargo build --release --workspace
	$(BINARY) openapi > docs/openapi.json

setup: node_modules/.package-lock.json

# What the tests need of the machine.
machine:
	scripts/setup.sh servers
	scripts/setup.sh browser
	scripts/setup.sh peers
	node tests/peers/python/environment.mjs >/dev/null

# The first build compiles while npm fetches what the pages are made of. A compiler that comes to the server before its pages are there
# fails, and `build` goes on from there. Without make's limit on jobs, which is meant for the others.
crates:
	env -u MAKEFLAGS cargo build --release --workspace || echo "The pages were not there yet; the build goes on when they are."

pages: sdk/calling/dist/index.js sdk/calling-effects/dist/index.js web/dist/index.html samples/dist/index.html samples/ui-library/dist/index.html

node_modules/.package-lock.json: package-lock.json package.json
	scripts/setup.sh build
	npm ci --no-audit --no-fund
	touch $@

sdk/calling/dist/index.js: node_modules/.package-lock.json $(SDK_SOURCES)
	npm run build --workspace sdk/calling
	touch $@

sdk/calling-effects/dist/index.js: node_modules/.package-lock.json $(EFFECTS_SOURCES)
	npm run build --workspace sdk/calling-effects
	touch $@

web/dist/index.html: sdk/calling/dist/index.js $(WEB_SOURCES)
	npm run build --workspace web
	touch $@

samples/dist/index.html: sdk/calling/dist/index.js $(SAMPLE_SOURCES)
	npm run build --workspace samples
	touch $@

samples/ui-library/dist/index.html: sdk/calling/dist/index.js $(UI_LIBRARY_SOURCES)
	npm run build --workspace samples/ui-library
	touch $@

clean:
	rm -rf target node_modules sdk/calling/dist sdk/calling-effects/dist web/dist samples/dist samples/ui-library/dist
