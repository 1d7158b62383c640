import type { Proofs } from "../mutation";

const ECR = "rehearsal/cloud/services/ecr/model/ecr.ts";
const ECR_TEST = "test/rehearsal/cloud/services/ecr/model/ecr.test.ts";

export const K: Proofs = {
  K1: {
    file: ECR,
    code: 'if (holder && repository.imageTagMutability === "IMMUTABLE") {',
    mutated: "if (false) {",
    test: ECR_TEST,
  },
  K2: {
    file: ECR,
    code: "if (this.getRepository(name).images.length > 0 && !force) {",
    mutated: "if (false) {",
    test: ECR_TEST,
  },
  K3: {
    file: "components/service/registry.ts",
    code: "this.registerOutputs(",
    mutated:
      'new aws.ecr.LifecyclePolicy("expiry", { repository: this.repository.name, policy: "{}" }); this.registerOutputs(',
    test: "test/components/program.test.ts",
  },
  K5: {
    file: "rehearsal/cloud/services/ecs/model/task-container.ts",
    code: "if (architecture === undefined || architecture === wanted) return true;",
    mutated: "return true;",
    test: "test/rehearsal/cloud/services/ecs/model/container-faults.test.ts",
  },
};
