import { expect } from "chai";
import { ecsClusterOf } from "../../../../../../rehearsal/cloud/services/ec2/model/user-data";
import { userData } from "../../../compute-scene";

const encoded = (script: string) => Buffer.from(script).toString("base64");

describe("rehearsal/cloud/services/ec2/model/user-data", () => {
  it("finds the cluster in the program's script", () => {
    expect(ecsClusterOf(userData("aoshingo-prod-users-blue"))).to.equal("aoshingo-prod-users-blue");
  });

  for (const [what, script, cluster] of [
    ["an echo", "#!/bin/bash\necho ECS_CLUSTER=users >> /etc/ecs/ecs.config\n", "users"],
    ["an echo in quotes", '#!/bin/sh\necho "ECS_CLUSTER=users" > /etc/ecs/ecs.config\n', "users"],
    [
      "the last of two assignments",
      "#!/bin/bash\necho ECS_CLUSTER=a >> /etc/ecs/ecs.config\necho ECS_CLUSTER=b >> /etc/ecs/ecs.config\n",
      "b",
    ],
    ["text without #!, which cloud-init does not run", "echo ECS_CLUSTER=users >> /etc/ecs/ecs.config\n", "default"],
    ["another file", "#!/bin/bash\necho ECS_CLUSTER=users >> /etc/ecs.config\n", "default"],
    ["a comment", "#!/bin/bash\n# ECS_CLUSTER=users >> /etc/ecs/ecs.config\n", "default"],
    ["an assignment without a value", "#!/bin/bash\necho ECS_CLUSTER= >> /etc/ecs/ecs.config\n", "default"],
    ["no user data", "", "default"],
  ] as const) {
    it(`finds ${cluster} in ${what} (C11)`, () => {
      expect(ecsClusterOf(encoded(script))).to.equal(cluster);
    });
  }
});
