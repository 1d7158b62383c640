import type { Proofs } from "../mutation";

export const E: Proofs = {
  E1: {
    file: "rehearsal/cloud/services/elb/model/associations.ts",
    code: "if (elsewhere.length > 0) {",
    mutated: "if (false) {",
    test: "test/rehearsal/cloud/services/elb/model/rules.test.ts",
  },
};
