import type { Proofs } from "../mutation";

const PARAMETERS = "rehearsal/cloud/services/secrets/model/parameter-store.ts";
const SECRETS = "rehearsal/cloud/services/secrets/model/secrets-manager.ts";
const API_TEST = "test/rehearsal/cloud/services/secrets/api/secrets.test.ts";

export const P: Proofs = {
  P10: "Secrets of the rehearsal have AWS's own key: what the program writes for a key of the account's is tried by test/components/database/existing.test.ts.",
  P1: {
    file: PARAMETERS,
    code: "if (existing && !overwrite) {",
    mutated: "if (false) {",
    test: API_TEST,
  },
  P2: {
    file: PARAMETERS,
    code: 'if (value === "" || Buffer.byteLength(value) > MAX_VALUE_BYTES) {',
    mutated: 'if (value === "") {',
    test: API_TEST,
  },
  P3: {
    file: SECRETS,
    code: "if (existing && existing.deletedAtMs !== null) {",
    mutated: "if (false) {",
    test: API_TEST,
  },
  P4: {
    file: SECRETS,
    code: "if (secret.deletedAtMs === null) return secret;",
    mutated: "if (true) return secret;",
    test: "test/rehearsal/cloud/services/secrets/model/secrets.test.ts",
  },
  P5: {
    file: SECRETS,
    code: "const isComplete = SUFFIX.test(id);",
    mutated: "const isComplete = false;",
    test: API_TEST,
  },
  P6: {
    file: "components/security/secret-arns.ts",
    code: "const byName = arnByName(from);",
    mutated: 'const byName = from.replace(/^\\w+:/, "");',
    test: "test/components/settings/service-settings.test.ts",
  },
  P7: {
    file: SECRETS,
    code: "(versionId === undefined || one.id === versionId)",
    mutated: "true",
    test: API_TEST,
  },
  P8: {
    file: "rehearsal/cloud/services/ecs/model/container-definition.ts",
    code: 'if (valueFrom.startsWith("arn:aws:secretsmanager:")) return;',
    mutated: "if (valueFrom) return;",
    test: "test/rehearsal/cloud/services/ecs/model/task-definitions.test.ts",
  },
  P9: {
    file: SECRETS,
    code: "(!owningService && !/^[\\w/+=.@-]+$/.test(name))",
    mutated: "!/^[\\w/+=.@-]+$/.test(name)",
    test: "test/rehearsal/cloud/services/rds/provider.test.ts",
  },
};
