import type { Proofs } from "../mutation";

const ACM = "rehearsal/cloud/services/acm/model/acm.ts";
const ACM_TEST = "test/rehearsal/cloud/services/acm/model/acm.test.ts";

export const M: Proofs = {
  M1: {
    file: ACM,
    code: "if (certificate.validation.every((record) => this.#isPublic(record))) {",
    mutated: "if (true) {",
    test: ACM_TEST,
  },
  M2: {
    file: "rehearsal/cloud/data-plane/load-balancer/node-listener.ts",
    code: "`^[^.]+$",
    mutated: "`^.+$",
    test: "test/rehearsal/cloud/data-plane/load-balancer/data-plane.test.ts",
  },
  M3: {
    file: ACM,
    code: 'domainName.replace(/^\\*\\./, "").toLowerCase()',
    mutated: "domainName.toLowerCase()",
    test: ACM_TEST,
  },
  M4: {
    file: ACM,
    code: "if (hostNames.length > MAX_NAMES) {",
    mutated: "if (false) {",
    test: ACM_TEST,
  },
  M5: {
    file: ACM,
    code: "if (this.get(arn).usedBy.size > 0) {",
    mutated: "if (false) {",
    test: ACM_TEST,
  },
  M6: {
    file: "rehearsal/cloud/services/elb/model/listeners.ts",
    code: "if (!this.#parts.certificates.exists(certificateArn)) {",
    mutated: "if (false) {",
    test: "test/rehearsal/cloud/services/elb/model/listeners.test.ts",
  },
};
