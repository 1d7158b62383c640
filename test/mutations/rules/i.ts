import type { Proofs } from "../mutation";

const ROLES = "rehearsal/cloud/services/iam/model/roles.ts";
const ROLES_TEST = "test/rehearsal/cloud/services/iam/model/roles.test.ts";
const IAM_TEST = "test/rehearsal/cloud/services/iam/model/iam.test.ts";
const STS = "rehearsal/cloud/services/sts/model/sts.ts";
const STS_TEST = "test/rehearsal/cloud/services/sts/api/sts.test.ts";

export const I: Proofs = {
  I1: {
    file: ROLES,
    code: "const key = settings.name.toLowerCase();",
    mutated: "const key = settings.name;",
    test: ROLES_TEST,
  },
  I2: {
    file: ROLES,
    code: "if (size > MAX_INLINE_SIZE) {",
    mutated: "if (false) {",
    test: ROLES_TEST,
  },
  I3: {
    file: ROLES,
    code: "if (role.attached.size >= MAX_ATTACHED && !role.attached.has(policyArn)) {",
    mutated: "if (false) {",
    test: ROLES_TEST,
  },
  I4: {
    file: ROLES,
    code: "if (this.#isMissing(type, value)) {",
    mutated: "if (false) {",
    test: ROLES_TEST,
  },
  I5: {
    file: "rehearsal/cloud/services/ecs/model/container-start.ts",
    code: 'if (role === undefined || !ports.permissions.trusts(role, "ecs-tasks.amazonaws.com")) {',
    mutated: "if (role === undefined) {",
    test: "test/rehearsal/cloud/services/ecs/model/daemon-service.test.ts",
  },
  I6: {
    file: ROLES,
    code: "if (conflict) throw",
    mutated: "if (false) throw",
    test: ROLES_TEST,
  },
  I7: {
    file: "rehearsal/cloud/services/iam/model/iam.ts",
    code: "return visibleAtMs !== undefined && visibleAtMs <= Date.now();",
    mutated: "return visibleAtMs !== undefined;",
    test: IAM_TEST,
  },
  I8: {
    file: "rehearsal/cloud/api/permissions/passed-roles.ts",
    code: 'typeof arn === "string"',
    mutated: "false",
    test: "test/rehearsal/cloud/api/provider-permissions.test.ts",
  },
  I9: {
    file: "rehearsal/cloud/services/iam/model/oidc-providers.ts",
    code: "if (this.#byArn.has(arn)) throw",
    mutated: "if (false) throw",
    test: IAM_TEST,
  },
  I10: {
    file: STS,
    code: "if (roleName === undefined || !this.iam.trustsToken(roleName, provider.arn, { aud, sub, ref }))",
    mutated: "if (roleName === undefined)",
    test: STS_TEST,
  },
  I11: {
    file: "rehearsal/cloud/services/sts/model/web-identity.ts",
    code: "const place = ids ?",
    mutated: "const place = false ?",
    test: STS_TEST,
  },
  I12: {
    file: "components/security/ci-trust.ts",
    code: "if (!ids) return [repository];",
    mutated: "return [repository];",
    test: "test/rehearsal/cloud/services/iam/provider.test.ts",
  },
  I13: {
    file: STS,
    code: "if (seconds > this.iam.roles.get(roleName).maxSessionDuration) {",
    mutated: "if (false) {",
    test: STS_TEST,
  },
  I17: {
    file: "rehearsal/cloud/services/iam/model/service-linked-roles.ts",
    code: "return false;",
    mutated: "return true;",
    test: "test/rehearsal/cloud/new-account.test.ts",
  },
  I19: {
    file: "rehearsal/cloud/services/iam/model/policy-document.ts",
    code: "/^$|[*?]/.test(service)",
    mutated: 'service === ""',
    test: "test/rehearsal/cloud/services/iam/model/policy-document.test.ts",
  },
  I18: {
    file: "components/security/ci-trust.ts",
    code: 'use === "deploy" ? { StringLike',
    mutated: "false ? { StringLike",
    test: STS_TEST,
  },
};
