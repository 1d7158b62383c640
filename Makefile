# The documented interface of the project; each target is one npm script. Variables go through: `make rehearse SPEED=10`.
.DEFAULT_GOAL := help
.PHONY: help rehearse chaos faults compare cloud test coverage check bench bench-scale node

help: ## Show this list
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1 \2/p' $(MAKEFILE_LIST) | awk '{ printf "  %s %-10s", $$1, $$2; $$1 = $$2 = ""; print }'

rehearse: node_modules ## A whole blue/green deploy under load (SPEED RATE CUTOVER DRAIN DRAIN_CAP SPREAD OBSERVED BAKE RAMP SERVICES DEPLOYS FAULT PAGE JSON)
	@npm run --silent rehearse

chaos: node_modules ## Kill runs at random instants under load, and go on with them (RUNS SEED RATE SPEED)
	@npm run --silent chaos

faults: node_modules ## Each fault at each step of a deploy under load (ONLY STEP PAIRS SEED RATE SPEED)
	@npm run --silent faults

compare: node_modules ## Rehearsals side by side: routed, dns, and both without drain (SPREAD SERVICES SPEED RATE JSON)
	@npm run --silent compare

cloud: node_modules ## Start the rehearsal cloud alone; prints the environment that leads a shell to it (NEW_ACCOUNT=1: an account that was just opened)
	@npm run --silent cloud -- $(if $(NEW_ACCOUNT),--new-account)

test: node_modules ## Types, lint, unused code, layers and all tests
	@npm run --silent test:all

coverage: node_modules ## All tests, and how much of the code they run (slower)
	@npm run --silent coverage

check: node_modules ## Types, lint, unused code and layers only
	@npm run --silent check

bench: node_modules ## Measure: controller, status, start of a rehearsal, load balancer, rollback
	@npm run --silent bench

bench-scale: node_modules ## Measure: one, ten and fifty services
	@npm run --silent bench:scale

node_modules: package-lock.json package.json .npmrc | node
	@echo "Installing packages (npm ci)"
	@npm ci --no-audit --no-fund --loglevel=error
	@touch node_modules

node:
	@command -v node >/dev/null || { echo "Node is not installed: wanted 20.19 or newer, from https://nodejs.org"; exit 2; }
	@node -e 'const [major, minor] = process.versions.node.split(".").map(Number); if (major < 20 || (major === 20 && minor < 19)) { console.error("Node " + process.versions.node + " is too old: wanted 20.19 or newer, from https://nodejs.org"); process.exit(2); }'
