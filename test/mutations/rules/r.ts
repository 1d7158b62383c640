import type { Proofs } from "../mutation";

const RECORDS = "rehearsal/cloud/services/route53/model/record-checks.ts";
const BATCH = "rehearsal/cloud/services/route53/model/change-batch.ts";
const BATCH_TEST = "test/rehearsal/cloud/services/route53/model/change-batch.test.ts";
const ZONES = "rehearsal/cloud/services/route53/model/hosted-zones.ts";
const ZONES_TEST = "test/rehearsal/cloud/services/route53/model/hosted-zones.test.ts";
const PRIVATE_TEST = "test/rehearsal/cloud/services/route53/model/private-zones.test.ts";

export const R: Proofs = {
  R1: {
    file: RECORDS,
    code: "if (target.zoneId !== zoneId) return",
    mutated: "if (false) return",
    test: BATCH_TEST,
  },
  R2: {
    file: BATCH,
    code: "const after = new Map(records);",
    mutated: "const after = records as Map<string, RecordSet>;",
    test: BATCH_TEST,
  },
  R3: {
    file: BATCH,
    code: 'if (action === "CREATE") return current &&',
    mutated: 'if (action === "CREATE") return undefined &&',
    test: BATCH_TEST,
  },
  R4: {
    file: "policy/rules/records.ts",
    code: "...(COLOUR.test(String(inputs.name))",
    mutated: "...(false",
    test: "test/policy/rules.test.ts",
  },
  R5: {
    file: "rehearsal/cloud/services/route53/model/record-changes.ts",
    code: "Promise.all(queued).then(",
    mutated: "Promise.resolve().then(",
    test: ZONES_TEST,
  },
  R6: {
    file: RECORDS,
    code: 'if (record.type === "CNAME" && record.name === zone) return',
    mutated: "if (false) return",
    test: BATCH_TEST,
  },
  R7: {
    file: ZONES,
    code: "if (zone.busy) {",
    mutated: "if (false) {",
    test: ZONES_TEST,
  },
  R8: {
    file: "rehearsal/cloud/services/route53/model/request-rate.ts",
    code: "if (this.#admitted.length >= REQUESTS_PER_SECOND) throw",
    mutated: "if (false) throw",
    test: ZONES_TEST,
  },
  R9: {
    file: "components/settings/rules/timing.ts",
    code: 'if (raw.cutover !== "dns" || !Array.isArray(ramp) || ramp.length === 0) return [];',
    mutated: "return [];",
    test: "test/components/settings/rules.test.ts",
  },
  R10: {
    file: "policy/rules/records.ts",
    code: '.filter((alias) => at(alias, "evaluateTargetHealth") !== false)',
    mutated: ".filter(() => false)",
    test: "test/policy/rules.test.ts",
  },
  R11: {
    file: ZONES,
    code: "if (zone.records.size > 0) {",
    mutated: "if (false) {",
    test: ZONES_TEST,
  },
  R12: {
    file: "rehearsal/traffic/resolver-cache.ts",
    code: "if (this.#missing && nowMs() < this.#missing.untilMs) return",
    mutated: "if (false) return",
    test: "test/rehearsal/traffic/resolver-cache.test.ts",
  },
  R13: {
    file: ZONES,
    code: "if (!vpc?.enableDnsSupport || !vpc.enableDnsHostnames) return undefined;",
    mutated: "if (!vpc?.enableDnsSupport) return undefined;",
    test: PRIVATE_TEST,
  },
  R14: {
    file: "rehearsal/cloud/services/route53/model/vpc-associations.ts",
    code: "if (!other) return;",
    mutated: "return;",
    test: PRIVATE_TEST,
  },
};
