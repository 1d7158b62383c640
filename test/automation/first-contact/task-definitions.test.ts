import { ECSClient } from "@aws-sdk/client-ecs";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { ResourceGroupsTaggingAPIClient } from "@aws-sdk/client-resource-groups-tagging-api";
import { expect } from "chai";
import type { Clients } from "../../../automation/first-contact/clients";
import { NOTHING, remainingResources } from "../../../automation/first-contact/remaining-resources";
import { removeTaskDefinitions } from "../../../automation/first-contact/task-definitions";
import { createTagging } from "../../../rehearsal/cloud/services/tagging";
import { Scene as ApiScene } from "../../rehearsal/cloud/api/scene";
import { Scene } from "../../rehearsal/cloud/compute-scene";
import { workerRequest } from "../../rehearsal/cloud/services/ecs/model/task-request";

const OWNER = { project: "aoshingo", stack: "trial" };

describe("the task definitions of a first contact", () => {
  let scene: Scene;
  let api: ApiScene;
  let clients: Pick<Clients, "ecs" | "elb" | "tagging">;

  beforeEach(async () => {
    scene = new Scene({ bootSeconds: 0 });
    api = new ApiScene();
    await api.start({ ...scene.apis, ...createTagging(scene.context).apis });
    const options = api.options();
    clients = {
      ecs: new ECSClient(options),
      elb: new ElasticLoadBalancingV2Client(options),
      tagging: new ResourceGroupsTaggingAPIClient(options),
    };
  });
  afterEach(async () => {
    await api.close();
    scene.close();
  });

  const register = (family: string, revisions: number) => {
    for (let revision = 1; revision <= revisions; revision += 1)
      scene.compute.ecs.taskDefinitions.register({ ...workerRequest(), family });
  };
  const states = () =>
    scene.compute.ecs.taskDefinitions.all.map(({ family, revision, status }) => `${family}:${revision} ${status}`);

  it("count as left while they are ACTIVE, and are deleted with the rest of the stack", async () => {
    register("aoshingo-trial-users-blue", 12);
    register("aoshingo-trial-users-green-migrate", 1);
    register("aoshingo-trial-2-users-blue", 1);
    const { existing: left } = await remainingResources(clients, OWNER);
    expect(left).to.have.length(13);
    expect(left[0]).to.equal("arn:aws:ecs:ap-northeast-1:123456789012:task-definition/aoshingo-trial-users-blue:1");
    await removeTaskDefinitions(clients, OWNER);
    expect(await remainingResources(clients, OWNER)).to.deep.equal(NOTHING);
    expect(states().filter((state) => !state.endsWith(" DELETE_IN_PROGRESS"))).to.deep.equal([
      "aoshingo-trial-2-users-blue:1 ACTIVE",
    ]);
    await removeTaskDefinitions(clients, OWNER);
  });

  it("that an interrupted clean-up has deregistered are deleted by the next one", async () => {
    register("aoshingo-trial-users-blue", 1);
    scene.compute.ecs.taskDefinitions.deregister("aoshingo-trial-users-blue:1");
    await removeTaskDefinitions(clients, OWNER);
    expect(states()).to.deep.equal(["aoshingo-trial-users-blue:1 DELETE_IN_PROGRESS"]);
  });
});
