import type { Proofs } from "../mutation";

const MODEL = "rehearsal/cloud/services/ecs/model";
const MODEL_TESTS = "test/rehearsal/cloud/services/ecs/model";
const PROGRAM_TEST = "test/components/program.test.ts";

export const C: Proofs = {
  C1: {
    file: `${MODEL}/task-definitions.ts`,
    code: 'if (definition.status === "INACTIVE") throw',
    mutated: "if (false) throw",
    test: `${MODEL_TESTS}/task-definitions.test.ts`,
  },
  C2: {
    file: `${MODEL}/task-definitions.ts`,
    code: "if (memory === undefined && container.memory === undefined && container.memoryReservation === undefined) {",
    mutated: "if (false) {",
    test: `${MODEL_TESTS}/task-definitions.test.ts`,
  },
  C3: {
    file: `${MODEL}/container-instance.ts`,
    code: 'return needs.memoryMiB > left.memoryMiB ? "MEMORY" : undefined;',
    mutated: "return undefined;",
    test: `${MODEL_TESTS}/run-task.test.ts`,
  },
  C4: {
    file: `${MODEL}/service-request.ts`,
    code: "if (desiredCount !== undefined) {",
    mutated: "if (false) {",
    test: `${MODEL_TESTS}/daemon-service.test.ts`,
  },
  C5: {
    file: `${MODEL}/service-request.ts`,
    code: "if (maximumPercent > 100) {",
    mutated: "if (false) {",
    test: `${MODEL_TESTS}/daemon-service.test.ts`,
  },
  C6: {
    file: `${MODEL}/service-request.ts`,
    code: "if (hasCapacityProviderStrategy) {",
    mutated: "if (false) {",
    test: `${MODEL_TESTS}/daemon-service.test.ts`,
  },
  C7: {
    file: "automation/deploy/steps/index.ts",
    code: "retireOccupied,\n  warm,",
    mutated: "warm,",
    test: "test/automation/deploy/plan.test.ts",
  },
  C8: {
    file: "automation/deploy/steps/verify-steady.ts",
    code: "if (failures.since(seen) >= FAILURES_PER_TASK * size)",
    mutated: "if (false)",
    test: "test/automation/deploy/steps/verify.test.ts",
  },
  C9: {
    file: `${MODEL}/container-instance.ts`,
    code: 'if (needs.hostPorts.some((port) => left.hostPorts.includes(port))) return "PORTS";',
    mutated: "",
    test: `${MODEL_TESTS}/run-task.test.ts`,
  },
  C10: {
    file: `${MODEL}/agent.ts`,
    code: "if (refused) return",
    mutated: "if (false) return",
    test: `${MODEL_TESTS}/agent.test.ts`,
  },
  C11: {
    file: "rehearsal/cloud/services/ec2/model/user-data.ts",
    code: "values.at(-1) || DEFAULT_CLUSTER",
    mutated: 'values.at(-1) ?? ""',
    test: "test/rehearsal/cloud/services/ec2/model/user-data.test.ts",
  },
  C12: {
    file: "automation/observe/check-colour.ts",
    code: "if (running.length < size)",
    mutated: "if (false)",
    test: "test/automation/observe/check-colour.test.ts",
  },
  C13: {
    file: `${MODEL}/container-start.ts`,
    code: "if (!route.ok) {",
    mutated: "if (false) {",
    test: `${MODEL_TESTS}/image-pull.test.ts`,
  },
  C14: {
    file: `${MODEL}/container-start.ts`,
    code: "if (image) return image;",
    mutated: "return image as Image;",
    test: `${MODEL_TESTS}/image-pull.test.ts`,
  },
  C15: {
    file: "policy/rules/images.ts",
    code: "!DIGEST.test(image)",
    mutated: "false",
    test: "test/policy/rules.test.ts",
  },
  C16: {
    file: `${MODEL}/task-definitions.ts`,
    code: "if (executionRoleArn === undefined) {",
    mutated: "if (false) {",
    test: `${MODEL_TESTS}/container-secrets.test.ts`,
  },
  C17: {
    file: `${MODEL}/container-secrets.ts`,
    code: "if (missing.length > 0) throw notFound(missing);",
    mutated: "",
    test: `${MODEL_TESTS}/container-secrets.test.ts`,
  },
  C18: {
    file: `${MODEL}/container-start.ts`,
    code: "if (!ports.logs.exists(group)) throw",
    mutated: "if (false) throw",
    test: `${MODEL_TESTS}/daemon-service.test.ts`,
  },
  C19: {
    file: `${MODEL}/task.ts`,
    code: "void process.stop(this.#graceMs)",
    mutated: "void process.kill()",
    test: `${MODEL_TESTS}/container-faults.test.ts`,
  },
  C35: {
    file: "rehearsal/cloud/processes/task-process.ts",
    code: "if (this.hasInit && this.surroundings.signalsFirstProcess) {",
    mutated: "if (false) {",
    test: `${MODEL_TESTS}/container-faults.test.ts`,
  },
  C20: {
    file: `${MODEL}/container-definition.ts`,
    code: "export const ContainerDefinition = z.strictObject({",
    mutated: "export const ContainerDefinition = z.looseObject({",
    test: `${MODEL_TESTS}/task-definitions.test.ts`,
  },
  C21: {
    file: `${MODEL}/ecs.ts`,
    code: 'if (known?.status === "DRAINING") {',
    mutated: "if (false) {",
    test: `${MODEL_TESTS}/daemon-service.test.ts`,
  },
  C22: {
    file: `${MODEL}/cluster.ts`,
    code: "if (this.capacityProviders.length > 0) {",
    mutated: "if (false) {",
    test: `${MODEL_TESTS}/capacity-providers.test.ts`,
  },
  C23: {
    file: "automation/observe/running-tasks.ts",
    code: "return instance !== undefined && (",
    mutated: "return instance === undefined || (",
    test: "test/automation/observe/check-colour.test.ts",
  },
  C24: {
    file: `${MODEL}/managed-draining.ts`,
    code: "host.tasks.size === 0",
    mutated: "![...host.tasks].some(({ request }) => request.serviceName)",
    test: `${MODEL_TESTS}/managed-draining.test.ts`,
  },
  C25: {
    file: `${MODEL}/capacity-provider.ts`,
    code: "if (NAME.test(name)) return;",
    mutated: "return;",
    test: `${MODEL_TESTS}/capacity-providers.test.ts`,
  },
  C26: {
    file: `${MODEL}/capacity-provider.ts`,
    code: "if (!managedTerminationProtection || group.settings.protectFromScaleIn) return;",
    mutated: "return;",
    test: `${MODEL_TESTS}/capacity-providers.test.ts`,
  },
  C27: {
    file: `${MODEL}/managed-draining.ts`,
    code: "group.hooks.put(HOOK);",
    mutated: "",
    test: `${MODEL_TESTS}/capacity-providers.test.ts`,
  },
  C28: {
    file: "components/service/colour.ts",
    code: "return last.isDrainedByEcs === true || (live.size === 0 && previousSize === 0);",
    mutated: "return true;",
    test: PROGRAM_TEST,
  },
  C29: {
    file: `${MODEL}/capacity-providers.ts`,
    code: "if (!group.settings.tags.some(({ key }) => key === MANAGED_TAG.key)) {",
    mutated: "if (false) {",
    test: `${MODEL_TESTS}/capacity-providers.test.ts`,
  },
  C30: {
    file: `${MODEL}/capacity-providers.ts`,
    code: "if (cluster) {",
    mutated: "if (false) {",
    test: `${MODEL_TESTS}/capacity-providers.test.ts`,
  },
  C31: {
    file: `${MODEL}/task-container.ts`,
    code: "container.readonlyRootFilesystem ?? false",
    mutated: "false",
    test: `${MODEL_TESTS}/container-faults.test.ts`,
  },
  C32: {
    file: `${MODEL}/task-container.ts`,
    code: "memoryMib: containerMemory(definition),",
    mutated: "memoryMib: undefined,",
    test: `${MODEL_TESTS}/container-faults.test.ts`,
  },
  C33: {
    file: `${MODEL}/task-container.ts`,
    code: 'if (definition.networkMode === "bridge") parts.network',
    mutated: "if (false) parts.network",
    test: `${MODEL_TESTS}/container-faults.test.ts`,
  },
  C34: {
    file: "components/core/names.ts",
    code: String.raw`cluster: { what: "ECS cluster", pattern: /^[\w-]+$/`,
    mutated: String.raw`cluster: { what: "ECS cluster", pattern: /^[\w.-]+$/`,
    test: "test/components/settings/stack-names.test.ts",
  },
};
