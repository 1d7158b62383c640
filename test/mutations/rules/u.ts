import type { Proofs } from "../mutation";

const PROVIDER = "rehearsal/cloud/provider/provider.ts";
const TEST = "test/rehearsal/cloud/faults/provider.test.ts";

export const U: Proofs = {
  U1: {
    file: PROVIDER,
    code: "throw unfinished(id, error);",
    mutated: "throw error;",
    test: TEST,
  },
  U2: {
    file: PROVIDER,
    code: "if (isInState(type, olds, inputs)) return",
    mutated: "if (false) return",
    test: TEST,
  },
  U3: {
    file: "rehearsal/cloud/provider/diff.ts",
    code: "inputs[key] === undefined || filled.includes(key)",
    mutated: "false",
    test: "test/rehearsal/cloud/provider/optional-computed.test.ts",
  },
};
