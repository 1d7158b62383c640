import type { Proofs } from "../mutation";

const PARAMETERS = "rehearsal/cloud/services/secrets/model/parameter-store.ts";
const SECRETS = "rehearsal/cloud/services/secrets/model/secrets-manager.ts";
const API_TEST = "test/rehearsal/cloud/services/secrets/api/secrets.test.ts";

export const P: Proofs = {
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
    code: "if (secret.deletedAtMs !== null) {",
    mutated: "if (false) {",
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
    code: "found[reference] ?? parameterArn(reference)",
    mutated: 'reference.replace(/^\\w+:/, "")',
    test: "test/components/settings/service-settings.test.ts",
  },
};
