import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { json } from "node:stream/consumers";
import { GetQueueUrlCommand, SQSClient } from "@aws-sdk/client-sqs";
import { expect } from "chai";
import { FaultsClient } from "../../../../rehearsal/cloud/faults/faults-client";
import { Faults } from "../../../../rehearsal/cloud/kernel/faults";
import { Scene } from "./scene";

const FAULT = { kind: "throttle", operation: "ecs:UpdateService" } as const;
const QUEUE = { QueueName: "jobs" };
/** How anybody can sign: the key is no secret, and signatures are not checked. */
const SIGNED = "AWS4-HMAC-SHA256 Credential=rehearsal/20260101/ap-northeast-1/sqs/aws4_request";
const FIND_QUEUE = {
  authorization: SIGNED,
  "content-type": "application/x-amz-json-1.0",
  "x-amz-target": "AmazonSQS.GetQueueUrl",
};

/** Web pages that are open in a browser of this machine reach its loopback address. */
describe("the rehearsal cloud's API and web pages", () => {
  let scene: Scene;
  let faults: FaultsClient;
  let queueUrl: string;

  before(async () => {
    scene = new Scene();
    const { context } = scene;
    await scene.start({}, { ...context, faults: new Faults(context) });
    faults = new FaultsClient(scene.url);
    queueUrl = scene.queue(QUEUE.QueueName);
  });
  after(() => scene.close());

  async function ask(path: string, headers: Record<string, string>, body?: object): Promise<[number, unknown]> {
    const asking = request(`${scene.url}${path}`, { method: body ? "POST" : "GET", headers });
    asking.end(body && JSON.stringify(body));
    const [response] = (await once(asking, "response")) as [IncomingMessage];
    return [response.statusCode!, await json(response)];
  }

  for (const host of [
    "evil.example",
    "localhost.evil.example",
    "evillocalhost",
    "127.0.0.1.evil.example:80",
    "store.s3-amazonaws.com",
    "store.s3.evilamazonaws.com",
    `store.s3${"-".repeat(60)}.evil.example`,
  ])
    it(`refuses what was sent to ${host}, which somebody made lead here`, async () => {
      const error = `the rehearsal cloud is not called ${host}: wanted an address of this machine, or a bucket's name`;
      expect(await ask("/_rehearsal/faults", { host }, FAULT)).to.deep.equal([421, { error }]);
      expect(await ask("/", { ...FIND_QUEUE, host }, QUEUE)).to.deep.equal([421, { error }]);
      expect(await faults.list()).to.deep.equal([]);
    });

  for (const origin of ["https://evil.example", "null", "http://127.0.0.1:1"])
    it(`refuses what a page of the origin ${origin} sends`, async () => {
      const error = `the rehearsal cloud answers programs, no web pages: given a request from ${origin}`;
      expect(await ask("/_rehearsal/faults", { origin }, FAULT)).to.deep.equal([403, { error }]);
      expect(await ask("/", { ...FIND_QUEUE, origin }, QUEUE)).to.deep.equal([403, { error }]);
      expect(await faults.list()).to.deep.equal([]);
    });

  for (const host of [
    "127.0.0.1:4566",
    "127.27.0.1",
    "[::1]:4566",
    "localhost:4566",
    "store.localhost:4566",
    "store.s3.amazonaws.com",
    "store.s3-ap-northeast-1.amazonaws.com",
    "my.store.s3.dualstack.ap-northeast-1.amazonaws.com",
  ])
    it(`answers as ${host}`, async () => {
      expect(await ask("/_rehearsal/faults", { host })).to.deep.equal([200, []]);
    });

  it("answers the SDK's clients and the one of faults", async () => {
    const client = new SQSClient(scene.options());
    expect((await client.send(new GetQueueUrlCommand(QUEUE))).QueueUrl).to.equal(queueUrl);
    expect(await ask("/", FIND_QUEUE, QUEUE)).to.deep.equal([200, { QueueUrl: queueUrl }]);
    client.destroy();
    expect(await faults.add(FAULT)).to.include({ kind: "throttle" });
    expect(await faults.clear()).to.have.length(1);
  });
});
