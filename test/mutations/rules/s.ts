import type { Proofs } from "../mutation";

const OBJECTS = "rehearsal/cloud/services/s3/model/bucket-objects.ts";
const OBJECTS_TEST = "test/rehearsal/cloud/services/s3/model/bucket-objects.test.ts";
const S3 = "rehearsal/cloud/services/s3/model/s3.ts";
const S3_TEST = "test/rehearsal/cloud/services/s3/model/s3.test.ts";
const PERMISSIONS = "rehearsal/cloud/services/s3/api/permissions.ts";
const API_TEST = "test/rehearsal/cloud/services/s3/api/s3.test.ts";

export const S: Proofs = {
  S1: {
    file: OBJECTS,
    code: "(ifNoneMatch === undefined || !current) &&",
    mutated: "",
    test: OBJECTS_TEST,
  },
  S2: {
    file: OBJECTS,
    code: "this.#assertAlone(key, arrivedAtMs, isMet);",
    mutated: "",
    test: OBJECTS_TEST,
  },
  S3: {
    file: OBJECTS,
    code: '(ifMatch === "*" || ifMatch === current.etag)',
    mutated: "true",
    test: OBJECTS_TEST,
  },
  S4: {
    file: OBJECTS,
    code: "delete(key: string, condition: WriteCondition = {}):",
    mutated: "delete(key: string, _: WriteCondition = {}, condition: WriteCondition = {}):",
    test: OBJECTS_TEST,
  },
  S5: {
    file: "components/storage/deploy-store.ts",
    code: 'Effect: "Deny",',
    mutated: 'Effect: "Allow",',
    test: "test/components/storage/deploy-store.test.ts",
  },
  S6: {
    file: "automation/store/s3/lease.ts",
    code: "const isHeld = !stored.released && serverMs < record.expiresAtMs &&",
    mutated: "const isHeld = !stored.released &&",
    test: "test/automation/store/s3/backend.test.ts",
  },
  S7: {
    file: S3,
    code: "if (!objects.isEmpty) {",
    mutated: "if (false) {",
    test: S3_TEST,
  },
  S8: {
    file: PERMISSIONS,
    code: "policy: s3.get(bucket).policy?.statements,",
    mutated: "policy: undefined,",
    test: API_TEST,
  },
  S9: {
    file: PERMISSIONS,
    code: '? [read] : [read, onBucket(Bucket, "ListBucket")];',
    mutated: "? [read] : [read];",
    test: API_TEST,
  },
  S10: {
    file: S3,
    code: "this.get(name).objects.put(this.#testFile(prefix),",
    mutated: "void (this.#testFile(prefix),",
    test: S3_TEST,
  },
};
