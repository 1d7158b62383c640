import type { Proofs } from "../mutation";

const VALUES = "rehearsal/cloud/refusals/value-rules.ts";
const VALUES_TEST = "test/rehearsal/cloud/refusals/values.test.ts";
const REFERENCES_TEST = "test/rehearsal/cloud/refusals/references.test.ts";

export const V: Proofs = {
  V1: {
    file: "rehearsal/cloud/refusals/api-models.ts",
    code: "if (problems.length === 0) return;",
    mutated: "return;",
    test: "test/rehearsal/cloud/refusals/api-models.test.ts",
  },
  V2: {
    file: "rehearsal/cloud/refusals/tag-rules.ts",
    code: "if (/^aws:/i.test(key)) {",
    mutated: "if (false) {",
    test: VALUES_TEST,
  },
  V3: {
    file: VALUES,
    code: "if (GROUP_TEXT.test(text)) return undefined;",
    mutated: "return undefined;",
    test: VALUES_TEST,
  },
  V4: {
    file: VALUES,
    code: "if (from > to) throw",
    mutated: "if (false) throw",
    test: VALUES_TEST,
  },
  V5: {
    file: VALUES,
    code: "if (TAKEN_BUCKETS.test(name)) {",
    mutated: "if (false) {",
    test: VALUES_TEST,
  },
  V6: {
    file: "rehearsal/cloud/services/iam/model/policy-document.ts",
    code: "if (Version !== undefined && !VERSIONS.includes(Version as string)) {",
    mutated: "if (false) {",
    test: "test/rehearsal/cloud/services/iam/model/policy-document.test.ts",
  },
  V7: {
    file: "rehearsal/cloud/refusals/references.ts",
    code: "if (network && elsewhere && network.vpcId !== found.vpcId) throw",
    mutated: "if (false) throw",
    test: REFERENCES_TEST,
  },
  V8: {
    file: "rehearsal/cloud/services/autoscaling/model/auto-scaling.ts",
    code: "this.#ports.instances.checkTemplate(launchTemplate.id, launchTemplate.version);",
    mutated: "",
    test: REFERENCES_TEST,
  },
  V10: {
    file: "rehearsal/cloud/services/ec2/model/instances.ts",
    code: "if (!root || root.sizeGiB >= ROOT_SNAPSHOT_GIB) return;",
    mutated: "return;",
    test: "test/rehearsal/cloud/services/ec2/model/instances.test.ts",
  },
  V11: {
    file: "rehearsal/cloud/services/ecs/model/task-definitions.ts",
    code: "if (own === undefined || whole === undefined || own <= whole) continue;",
    mutated: "continue;",
    test: VALUES_TEST,
  },
  V12: {
    file: "rehearsal/cloud/services/elb/model/actions.ts",
    code: 'if (listenerProtocol === "HTTPS" && protocol === "HTTP") {',
    mutated: "if (false) {",
    test: "test/rehearsal/cloud/services/elb/model/actions.test.ts",
  },
  V13: {
    file: "rehearsal/cloud/kernel/resource-tags.ts",
    code: "this.#deleted.set(arn, { tags, untilMs: this.clock.nowMs + LISTED_SECONDS * 1000 });",
    mutated: "",
    test: "test/rehearsal/cloud/services/tagging/tagging.test.ts",
  },
};
