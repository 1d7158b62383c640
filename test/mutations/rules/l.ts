import type { Proofs } from "../mutation";

const MODEL = "rehearsal/cloud/services/lambda/model/lambda.ts";
const TEST = "test/rehearsal/cloud/services/lambda/provider.test.ts";

export const L: Proofs = {
  L1: { file: MODEL, code: "if (name.length > MAX_NAME_LENGTH || ", mutated: "if (", test: TEST },
  L2: {
    file: MODEL,
    code: "if (role === undefined || !permissions.trusts(role, PRINCIPAL))",
    mutated: "if (role === undefined)",
    test: TEST,
  },
  L3: "No code of the project asks for it: the policy that the program writes denies what a mistake in the function's code could ask for.",
  L4: {
    file: MODEL,
    code: "const INTERFACES_SECONDS = 300;",
    mutated: "const INTERFACES_SECONDS = 0;",
    test: TEST,
  },
};
