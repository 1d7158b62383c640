import { expect } from "chai";
import { ecsClusterOf } from "../../../../../../rehearsal/cloud/services/ec2/model/user-data";
import { userData } from "../../../compute-scene";

const encoded = (script: string) => Buffer.from(script).toString("base64");

describe("rehearsal/cloud/services/ec2/model/user-data", () => {
  it("finds the cluster of the program's script", () => {
    expect(ecsClusterOf(userData("aoshingo-prod-users-blue"))).to.equal("aoshingo-prod-users-blue");
  });

  for (const [what, script, cluster] of [
    ["an echo", "#!/bin/bash\necho ECS_CLUSTER=users >> /etc/ecs/ecs.config\n", "users"],
    ["an echo in quotes", '#!/bin/sh\necho "ECS_CLUSTER=users" > /etc/ecs/ecs.config\n', "users"],
    [
      "the last of two",
      "#!/bin/bash\necho ECS_CLUSTER=a >> /etc/ecs/ecs.config\necho ECS_CLUSTER=b >> /etc/ecs/ecs.config\n",
      "b",
    ],
    [
      "no script: cloud-init runs only what begins with #!",
      "echo ECS_CLUSTER=users >> /etc/ecs/ecs.config\n",
      "default",
    ],
    ["another file", "#!/bin/bash\necho ECS_CLUSTER=users >> /etc/ecs.config\n", "default"],
    ["a comment", "#!/bin/bash\n# ECS_CLUSTER=users >> /etc/ecs/ecs.config\n", "default"],
    ["an empty value", "#!/bin/bash\necho ECS_CLUSTER= >> /etc/ecs/ecs.config\n", "default"],
    ["nothing", "", "default"],
  ] as const) {
    it(`${what}: ${cluster} (C11)`, () => {
      expect(ecsClusterOf(encoded(script))).to.equal(cluster);
    });
  }
});
