import * as grpc from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as pb from "@pulumi/pulumi/proto/provider_pb";
import { expect } from "chai";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { z } from "zod";
import { failureOfCall } from "../../../../rehearsal/cloud/faults/call-faults";
import { ControlPlane } from "../../../../rehearsal/cloud/faults/control-plane";
import { FaultsClient } from "../../../../rehearsal/cloud/faults/faults-client";
import { Provider } from "../../../../rehearsal/cloud/provider/provider";
import { defineResource } from "../../../../rehearsal/cloud/provider/resource-type";
import { toStruct } from "../../../../rehearsal/cloud/provider/wire";
import { Scene } from "../api/scene";
import { testContext } from "../services/elb/model/scene";

const TOKEN = "aws:lb/listenerRule:ListenerRule";
const SPEED = 1000;

describe("the fault restart", () => {
  const context = testContext(SPEED);
  const { faults } = context;
  const scene = new Scene();
  /** What a rule's update waits for, as for a record to be in sync. */
  let released: () => void;
  let aborted: boolean;
  let updates: number;
  const type = defineResource({
    token: TOKEN,
    awsCalls: {},
    inputs: z.object({ weight: z.number() }),
    create: async () => ({ id: "r1", outputs: {} }),
    read: async () => ({}),
    update: async (_id, _inputs, _old, { signal }) => {
      updates += 1;
      failureOfCall(context, "elasticloadbalancing:ModifyRule");
      await new Promise<void>((resolve) => {
        released = resolve;
        signal.addEventListener("abort", () => {
          aborted = true;
          resolve();
        });
      });
      return {};
    },
    delete: async () => {},
  });
  const provider = new Provider({ types: [type], functions: [], region: "ap-northeast-1" });
  let controlPlane: ControlPlane;
  let client: InstanceType<typeof ResourceProviderClient>;
  let away: Promise<void>;
  let back: Promise<void>;

  before(async () => {
    await scene.start({}, { ...scene.context, faults });
    const port = await provider.listen("127.0.0.1");
    client = new ResourceProviderClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
  });
  beforeEach(() => {
    let [isAway, isBack] = [() => {}, () => {}];
    away = new Promise((resolve) => {
      isAway = resolve;
    });
    back = new Promise((resolve) => {
      isBack = resolve;
    });
    const watched = { goAway: async () => isAway(), comeBack: async () => isBack() };
    controlPlane = new ControlPlane(context, [provider, scene.api, watched]);
    aborted = false;
    updates = 0;
  });
  afterEach(() => controlPlane.close());
  after(async () => {
    client.close();
    await provider.close();
    faults.close();
    await scene.close();
  });

  const ask = () =>
    new Promise<grpc.ServiceError | null>((resolve) => client.getPluginInfo(new Empty(), (error) => resolve(error)));
  const untilOff = async () => {
    while (faults.list().length > 0) await new Promise((resolve) => setImmediate(resolve));
  };
  const untilReady = () =>
    new Promise<void>((resolve, reject) => {
      client.waitForReady(Number.POSITIVE_INFINITY, (error) => (error ? reject(error) : resolve()));
    });
  const update = () => {
    const urn = `urn:pulumi:test::app::${TOKEN}::users-rule`;
    const request = new pb.UpdateRequest().setId("r1").setUrn(urn).setOlds(toStruct({})).setOldInputs(toStruct({}));
    request.setNews(toStruct({ weight: 100 }));
    return new Promise<grpc.ServiceError | null>((resolve) => client.update(request, (error) => resolve(error)));
  };
  const untilUpdating = async () => {
    while (updates === 0) await new Promise((resolve) => setImmediate(resolve));
  };

  it("refuses calls and breaks off those in flight, answers who switched it on, and is back on the same ports", async () => {
    const updating = update();
    await untilUpdating();
    const api = new FaultsClient(scene.url);
    expect(await api.add({ kind: "restart", awaySeconds: 3600 * SPEED })).to.include({ kind: "restart", remaining: 0 });
    expect(await updating).to.include({ code: grpc.status.UNAVAILABLE });
    expect(aborted).to.equal(true);
    await away;
    expect(await ask()).to.include({ code: grpc.status.UNAVAILABLE });
    expect(await api.list().catch((error: Error) => error.message)).to.match(/^no rehearsal cloud answers/);
    faults.clear();
    await back;
    expect(await api.list()).to.deep.equal([]);
    await untilReady();
    expect(await ask()).to.equal(null);
  });

  it("goes with a call that takes effect and whose answer is lost", async () => {
    faults.add({ kind: "restart", operation: "elasticloadbalancing:ModifyRule", awaySeconds: 0 });
    await untilReady();
    expect(await ask()).to.equal(null);
    expect(await update()).to.include({ code: grpc.status.UNAVAILABLE });
    expect(updates).to.equal(1);
    released();
    await untilOff();
  });

  it("is injected once for each time it is switched on", async () => {
    faults.add({ kind: "restart", awaySeconds: 0 });
    await untilOff();
    const states = context.events.flatMap((event) => (event.kind === "fault" ? [event.state] : []));
    expect(states.slice(-3)).to.deep.equal(["on", "injected", "off"]);
  });
});
