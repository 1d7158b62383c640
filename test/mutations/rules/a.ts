import type { Proofs } from "../mutation";

const ATTACHMENTS = "rehearsal/cloud/services/autoscaling/model/attachments.ts";
const GROUP = "rehearsal/cloud/services/autoscaling/model/group.ts";
const PROVIDER = "rehearsal/cloud/services/autoscaling/provider/auto-scaling-group.ts";
const GROUP_TEST = "test/rehearsal/cloud/services/autoscaling/model/group.test.ts";
const SCHEDULED_ACTIONS = "rehearsal/cloud/services/autoscaling/model/scheduled-actions.ts";
const SCHEDULED_ACTIONS_TEST = "test/rehearsal/cloud/services/autoscaling/model/scheduled-actions.test.ts";
const POLICIES_TEST = "test/rehearsal/cloud/services/autoscaling/model/scaling-policies.test.ts";
const PROVIDER_TEST = "test/rehearsal/cloud/services/ecs/provider.test.ts";

export const A: Proofs = {
  A1: {
    file: "rehearsal/cloud/services/autoscaling/model/group-settings.ts",
    code: "if (desiredCapacity < minSize || desiredCapacity > maxSize) {",
    mutated: "if (false) {",
    test: GROUP_TEST,
  },
  A2: {
    file: "rehearsal/cloud/services/autoscaling/model/auto-scaling.ts",
    code: "if (this.#groups.has(name)) {",
    mutated: "if (false) {",
    test: GROUP_TEST,
  },
  A3: {
    file: "rehearsal/cloud/services/autoscaling/model/group-settings.ts",
    code: "if (targetGroupArns.length > MAX_TARGET_GROUPS) {",
    mutated: "if (false) {",
    test: GROUP_TEST,
  },
  A4: {
    file: PROVIDER,
    code: "await Promise.all(removed.map(",
    mutated: "void Promise.all(removed.map(",
    test: PROVIDER_TEST,
  },
  A5: {
    file: ATTACHMENTS,
    code: "for (const [arn, state] of this.#states) {",
    mutated: "for (const [arn, state] of [...this.#states].slice(0, 1)) {",
    test: GROUP_TEST,
  },
  A6: {
    file: ATTACHMENTS,
    code: 'if (state !== "InService") continue;',
    mutated: "",
    test: GROUP_TEST,
  },
  A7: {
    file: GROUP,
    code: "if (Date.now() < graceEndsAtMs - 5) return;",
    mutated: "",
    test: GROUP_TEST,
  },
  A8: {
    file: GROUP,
    code: "this.attachments.register(member.instance);",
    mutated: "",
    test: GROUP_TEST,
  },
  A9: {
    file: GROUP,
    code: "await this.attachments.deregister(instanceId);",
    mutated: "void this.attachments.deregister(instanceId);",
    test: GROUP_TEST,
  },
  A11: {
    file: "rehearsal/cloud/services/autoscaling/model/termination-hooks.ts",
    code: "while (!ending.aborted && heldSeconds < hold.limitSeconds) {",
    mutated: "while (false) {",
    test: "test/rehearsal/cloud/services/autoscaling/model/termination-hooks.test.ts",
  },
  A12: {
    file: GROUP,
    code: "this.#launchFailed(activity, error as AwsError);",
    mutated: "throw error;",
    test: GROUP_TEST,
  },
  A13: {
    file: GROUP,
    code: "this.#failures = 0;\n    this.#replacements.clear();",
    mutated:
      "if (settings.desiredCapacity > 0) for (const member of this.#counted()) void this.#terminate(member, 'template');",
    test: GROUP_TEST,
  },
  A14: {
    file: PROVIDER,
    code: "const inElb = given.waitForElbCapacity || given.minElbCapacity || 0;",
    mutated: "const inElb = 0;",
    test: PROVIDER_TEST,
  },
  A15: {
    file: PROVIDER,
    code: "if (changedCapacity !== undefined || given.minSize !== old.minSize) {",
    mutated: "if (true) {",
    test: PROVIDER_TEST,
  },
  A16: {
    file: ATTACHMENTS,
    code: "return this.active.every((arn) =>",
    mutated: "return this.active.some((arn) =>",
    test: PROVIDER_TEST,
  },
  A17: {
    file: PROVIDER,
    code: "if (inElb === 0 || healthyInLoadBalancers === inElb) return undefined;",
    mutated: "return undefined;",
    test: PROVIDER_TEST,
  },
  A18: {
    file: "rehearsal/cloud/services/autoscaling/provider/group-waits.ts",
    code: '(member) => member.lifecycleState === "InService" && member.healthStatus === "Healthy",',
    mutated: '(member) => member.lifecycleState !== "Pending" && member.healthStatus === "Healthy",',
    test: PROVIDER_TEST,
  },
  A19: {
    file: "rehearsal/cloud/services/autoscaling/model/auto-scaling.ts",
    code: "if (!force && group.members.length > 0) {",
    mutated: "if (false) {",
    test: GROUP_TEST,
  },
  A20: {
    file: "rehearsal/cloud/services/autoscaling/model/member.ts",
    code: "members.filter((member) => !member.protectedFromScaleIn)",
    mutated: "[...members]",
    test: GROUP_TEST,
  },
  A21: {
    file: "rehearsal/cloud/services/ec2/model/launch-templates.ts",
    code: "if (raw.length > MAX_USER_DATA_BYTES) {",
    mutated: "if (false) {",
    test: "test/rehearsal/cloud/services/ec2/model/launch-templates.test.ts",
  },
  A22: {
    file: PROVIDER,
    code: "changedCapacity ?? clamped(",
    mutated: "given.desiredCapacity ?? clamped(",
    test: PROVIDER_TEST,
  },
  A26: {
    file: "rehearsal/cloud/services/ec2/model/instances.ts",
    code: "this.#checkVcpus(capacity.cpuUnits);",
    mutated: "",
    test: "test/rehearsal/cloud/services/ec2/model/instances.test.ts",
  },
  A27: {
    file: "rehearsal/cloud/services/autoscaling/model/tracked-metric.ts",
    code: "if (!isAttached(resourceLabel)) {",
    mutated: "if (false) {",
    test: POLICIES_TEST,
  },
  A28: {
    file: "rehearsal/cloud/services/autoscaling/model/tracked-metric.ts",
    code: 'filter(({ state }) => state === "healthy").length || registered.length',
    mutated: "length",
    test: POLICIES_TEST,
  },
  A29: {
    file: SCHEDULED_ACTIONS,
    code: "this.#called.has(groupName) || isTaken",
    mutated: "isTaken",
    test: SCHEDULED_ACTIONS_TEST,
  },
  A30: {
    file: SCHEDULED_ACTIONS,
    code: "startTimeMs !== undefined && startTimeMs < clock.nowMs",
    mutated: "false",
    test: SCHEDULED_ACTIONS_TEST,
  },
  A31: {
    file: SCHEDULED_ACTIONS,
    code: "if (min > max || desired < min || desired > max) {",
    mutated: "if (false) {",
    test: SCHEDULED_ACTIONS_TEST,
  },
  A32: {
    file: SCHEDULED_ACTIONS,
    code: "        this.delete(groupName, name);\n        return this.#perform(action);",
    mutated: "        return this.#perform(action);",
    test: SCHEDULED_ACTIONS_TEST,
  },
  A33: {
    file: GROUP,
    code: "if (!stays) void this.#terminate(member, cause);",
    mutated: "void this.#terminate(member, cause);",
    test: GROUP_TEST,
  },
  A34: {
    file: "rehearsal/cloud/services/ec2/model/instances.ts",
    code: "if (this.#options.freePlan) refuseBeyondFreePlan(instanceType);",
    mutated: "",
    test: "test/rehearsal/cloud/services/ec2/model/instances.test.ts",
  },
  A35: {
    file: "rehearsal/cloud/services/autoscaling/provider/get-group.ts",
    code: "const { minSize, maxSize, desiredCapacity, healthCheckType, subnetIds } = group.settings;",
    mutated:
      "const { minSize, maxSize, desiredCapacity, healthCheckType, subnetIds } = { ...group.settings, desiredCapacity: 1 };",
    test: "test/rehearsal/cloud/services/autoscaling/provider/get-group.test.ts",
  },
  A36: {
    file: SCHEDULED_ACTIONS,
    code: "this.#called.has(groupName) || isTaken",
    mutated: "this.#called.has(groupName)",
    test: SCHEDULED_ACTIONS_TEST,
  },
};
