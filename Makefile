# The documented interface of the project; each target is one npm script. Variables go through: `make rehearse SPEED=10`.
.DEFAULT_GOAL := help
# Scripts run on a Node that has support: the installed one, or one that is fetched (docs/decisions/supported-node.md).
NODE = PATH="$$(node -r ./automation/register.cjs automation/supported-node.ts):$$PATH"
RUN = $(NODE) npm run --silent
# What may run for minutes: make has the script itself as its child, tells it of SIGTERM, and waits for its end. npm's shell may do neither.
BECOME = $(NODE); exec $$(node -p 'require("./package.json").scripts["$(1)"]')
.PHONY: help rehearse chaos faults compare prove prove-museum cloud test coverage check bench bench-scale node

help: ## Show this list
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1 \2/p' $(MAKEFILE_LIST) | awk '{ printf "  %s %-10s", $$1, $$2; $$1 = $$2 = ""; print }'

rehearse: node_modules ## A whole blue/green deploy under load (SPEED RATE CUTOVER DRAIN DRAIN_CAP SPREAD OBSERVED BAKE RAMP SERVICES DEPLOYS CHANGES SKIP_JOBS STREAMS SSE WITHIN FAULT DOCKER PAGE DATABASE_URL JSON)
	@$(call BECOME,rehearse)

chaos: node_modules ## Kill runs at random instants under load, and go on with them (RUNS OTHERS SEED RATE SPEED)
	@$(call BECOME,chaos)

faults: node_modules ## Each fault at each step of a deploy under load (ONLY STEP PAIRS SEED RATE SPEED)
	@$(call BECOME,faults)

compare: node_modules ## Rehearsals side by side: routed, dns, and both without drain (SPREAD SERVICES SPEED RATE JSON)
	@$(call BECOME,compare)

prove: node_modules ## Two releases of a service on one database, in each state of a deploy and its way back (RELEASES="users=v1 users=v2", or BASE=main; without: what is not committed)
	@$(call BECOME,prove) $(or $(RELEASES),--base $(or $(BASE),HEAD))

prove-museum: node_modules ## What prove says of over a hundred pairs of releases: real kinds of incidents, and harmless changes
	@$(call BECOME,prove:museum)

cloud: node_modules ## Start the rehearsal cloud alone; prints the environment that leads a shell to it (NEW_ACCOUNT=1: an account that was just opened; NEW_ACCOUNT=free: one on the Free plan, too)
	@$(call BECOME,cloud) $(if $(NEW_ACCOUNT),--new-account) $(if $(filter free,$(NEW_ACCOUNT)),--free-plan)

test: node_modules ## Types, lint, unused code, layers and tests (LONG=1: the long ones, too, as in CI; ALL=1: all)
	@$(RUN) check
	@$(RUN) pulumi-cli
	@$(RUN) $(if $(ALL),test:all,$(if $(LONG),test:long,test))

coverage: node_modules ## All tests, and how much of the code they run (slower)
	@$(RUN) coverage

check: node_modules ## Types, lint, unused code and layers only
	@$(RUN) check

bench: node_modules ## Measure: controller, status, start of a rehearsal, load balancer, rollback
	@$(call BECOME,bench)

bench-scale: node_modules ## Measure: one, ten and fifty services (COUNTS SPEED PROFILE JSON)
	@$(call BECOME,bench:scale)

# Nothing here needs install scripts: those of @pulumi/docker and docker-build download plugins. They are not off in .npmrc, because npm pack needs ours.
# A checkout changes the times of files whether or not their content differs, and npm ci begins by deleting what is there.
node_modules: package-lock.json package.json .npmrc | node
	@cmp -s package-lock.json node_modules/.installed-lock.json || { \
	  echo "Installing packages (npm ci)"; \
	  npm ci --ignore-scripts --no-audit --no-fund --loglevel=error && cp package-lock.json node_modules/.installed-lock.json; }
	@touch node_modules

node:
	@command -v node >/dev/null || { echo "Node is not installed: wanted 20.19 or newer, from https://nodejs.org"; exit 2; }
	@node -e 'const [major, minor] = process.versions.node.split(".").map(Number); if (major < 20 || (major === 20 && minor < 19)) { console.error("Node " + process.versions.node + " is too old: wanted 20.19 or newer, from https://nodejs.org"); process.exit(2); }'
