import { ECSClient, ListClustersCommand } from "@aws-sdk/client-ecs";
import { assert } from "chai";
import { retryTransient } from "../../../automation/core/retry-transient";
import "../../../automation/core/silent-aws-sdk";

describe("automation/core/retry-transient", () => {
  it("turns a request that AWS does not answer into a problem", async () => {
    // Nothing listens at port 1, and the system gives it to nobody who asks for a free one.
    const credentials = { accessKeyId: "a", secretAccessKey: "b" };
    const ecs = new ECSClient({ endpoint: "http://127.0.0.1:1", region: "ap-northeast-1", credentials });
    const look = retryTransient(async () => (await ecs.send(new ListClustersCommand({}))).clusterArns ?? []);
    assert.deepEqual(await look(), ["AWS does not answer: connect ECONNREFUSED 127.0.0.1:1"]);
    ecs.destroy();
  });

  const named = (name: string) => Object.assign(new Error("in AWS's words"), { name });

  it("turns throttling into a problem, too", async () => {
    const throttled = retryTransient(() => Promise.reject(named("ThrottlingException")));
    assert.deepEqual(await throttled(), ["AWS does not answer: in AWS's words"]);
  });

  it("throws an error that will stay the same, and returns the problems that the look found", async () => {
    const refused = named("AccessDeniedException");
    assert.equal(await retryTransient(() => Promise.reject(refused))().catch((error: unknown) => error), refused);
    assert.deepEqual(await retryTransient(async () => ["1 of 2 targets are healthy"])(), [
      "1 of 2 targets are healthy",
    ]);
  });
});
