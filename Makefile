# The documented interface of the project; each target is one npm script. Variables go through: `make rehearse SPEED=10`.
.PHONY: help rehearse compare cloud test check bench deploy status clean

help: ## Show this list
	@grep -E '^[a-z-]+:.*## ' Makefile | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 18

rehearse: node_modules ## A whole blue/green deploy under load on this machine (SPEED RATE CUTOVER DRAIN DEPLOYS FAULT JSON)
	@npm run --silent rehearse

compare: node_modules ## Three rehearsals side by side: routed, dns, dns without drain
	@npm run --silent compare

cloud: node_modules ## Start the rehearsal cloud alone and print the environment that leads a shell to it
	@npm run --silent cloud

test: node_modules ## Types, lint, unused code and all tests
	@npm run --silent test:all

check: node_modules ## Types, lint and unused code only
	@npm run --silent check

bench: node_modules ## Measure: controller, status, start of a rehearsal, load balancer
	@npm run --silent bench

node_modules: package-lock.json package.json .npmrc
	@node -e 'const [a, b] = process.versions.node.split(".").map(Number); if (a < 20 || (a === 20 && b < 19)) { console.error(`Node $${process.versions.node} is too old: wanted 20.19 or newer, from https://nodejs.org`); process.exit(2) }'
	@echo "Installing packages (npm ci)"
	@npm ci --no-audit --no-fund --loglevel=error
	@touch node_modules
