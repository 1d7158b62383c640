import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { getMonitor } from "@pulumi/pulumi/runtime/settings";
import { expect } from "chai";
import { ramped, routed, warmed } from "../../../automation/deploy/live-transitions";
import type { UpResult } from "../../../automation/ports/stack";
import { serviceOf } from "../../../automation/stack/resource-changes";
import type { WorkspaceStack } from "../../../automation/stack/workspace-stack";
import type { Live } from "../../../components/live/live";
import { Edge } from "../../../components/program/edge";
import { Network } from "../../../components/program/network";
import { program } from "../../../components/program/program";
import { Service } from "../../../components/program/service";
import { optionsOf, Scene } from "./recovery/scene";

const PLACE = { loopback: "127.60", portOffset: 40_000, speed: 100 };
const SERVICES = ["users", "mailer", "doodle"];
const QUEUE = "aoshingo:queue:Queue";
const ONCE_MORE = "the update does more than change in place: once more";

/** The SDK's connection to the engine. */
type Monitor = Record<
  "registerResource",
  (request: unknown, callback: (error: unknown, response?: { getUrn(): string }) => void) => void
>;

/** `up`s that leave out services whose live state stays as it is. On the real engine. */
describe("automation/stack/registered-resources", () => {
  let scene: Scene;
  let stack: WorkspaceStack;
  let live: Live;
  let told: string[];
  /** What a resource of the program's own, beside the services, needs. */
  let needs: "nothing" | "a value" | "a resource" = "nothing";
  /** URNs of the resources that the engine has heard of in the last `up`, without those of the awsx provider's process. */
  let heard: Set<string>;

  const declared = program(({ services: names, edges: exposures }) => {
    const network = new Network("network");
    const edges = exposures.map((name) => new Edge(name, { network }));
    const services = Object.fromEntries(names.map((name) => [name, new Service(name, { network, edges })]));
    const { logGroup } = services.doodle!;
    new aws.cloudwatch.LogGroup(
      "own",
      { name: needs === "a value" ? pulumi.interpolate`${logGroup.name}-own` : "/aoshingo/rehearsal/doodle-own" },
      { dependsOn: needs === "a resource" ? [logGroup] : [] },
    );
  });

  function own() {
    heard = new Set();
    const monitor = getMonitor() as unknown as Monitor;
    const register = monitor.registerResource.bind(monitor);
    monitor.registerResource = (request, callback) =>
      register(request, (error, response) => {
        if (response) heard.add(response.getUrn());
        callback(error, response);
      });
    return declared();
  }

  async function up(next: Live): Promise<UpResult> {
    told = [];
    const result = await stack.up(next, optionsOf({ onProgress: (line) => told.push(line) }));
    live = result.outputs.live;
    return result;
  }

  async function urns(): Promise<string[]> {
    const { resources = [] } = await scene.state();
    return resources.map(({ urn }) => urn).sort();
  }

  /** Returns the URNs of all resources of the state that belong to these services, without their queues, which are never left out. */
  async function of(...services: string[]): Promise<string[]> {
    const { resources = [] } = await scene.state();
    const parents = new Map(resources.map(({ urn, parent }) => [urn, parent]));
    const belongs = (urn: string) => services.includes(serviceOf(urn, parents) ?? "") && !urn.includes(QUEUE);
    return resources.flatMap(({ urn }) => (belongs(urn) ? [urn] : []));
  }

  /** Expects that the engine has heard of all resources of these services, and of none of the others'. */
  async function expectHeard(...services: string[]): Promise<void> {
    const others = SERVICES.filter((name) => !services.includes(name));
    const isHeard = (urn: string) => heard.has(urn);
    expect((await of(...others)).filter(isHeard)).to.deep.equal([]);
    const own = await of(...services);
    expect(own.filter(isHeard)).to.deep.equal(own);
  }

  before(async () => {
    scene = await Scene.start(PLACE, SERVICES);
    stack = await scene.open({}, own);
    ({ live } = await scene.outputs());
    const release = async (name: string) => ({ release: await scene.release("v1", name), size: 1 });
    const releases = Object.fromEntries(
      await Promise.all(SERVICES.map(async (name) => [name, await release(name)] as const)),
    );
    await up(warmed(live, releases));
    const images = Object.fromEntries(SERVICES.map((name) => [name, releases[name]!.release]));
    await up(routed(live, images, SERVICES));
    await up(warmed(live, { users: { release: await scene.release("v2"), size: 1 } }));
  });
  after(async () => {
    await stack?.close();
    await scene?.stop();
  });

  it("tell the engine of the services that change, and of what all share", async () => {
    const before = { urns: await urns(), outputs: await scene.outputs() };
    const { changes } = await up(ramped(live, ["users"], 10));
    await expectHeard("users");
    expect((await of("mailer", "doodle")).length).to.be.above(50);
    expect(changes.update).to.be.above(0);
    expect(await urns()).to.deep.equal(before.urns);
    expect(await scene.outputs()).to.deep.equal({ ...before.outputs, live });
    expect(told).to.not.include(ONCE_MORE);
  });

  it("tell it of all that change", async () => {
    await up(warmed(live, { doodle: { release: await scene.release("v2", "doodle"), size: 1 } }));
    await expectHeard(...SERVICES);
    await up(ramped(live, ["doodle", "users"], 20));
    await expectHeard("doodle", "users");
    await up(ramped(live, ["users"], 0));
    await expectHeard("users");
  });

  it("tell it of what a service that changes needs of another one, that it calls", async () => {
    await up(ramped(live, ["doodle"], 0));
    const needed = (await of("users")).filter((urn) => heard.has(urn));
    const names = needed.map((urn) => urn.split("::").at(-1)!);
    // It starts after the rules that lead to what it calls.
    expect(names).to.include("users.internal-production-at-blue");
    expect(names).to.not.include("users-blue-instances");
    expect((await of("mailer")).filter((urn) => heard.has(urn))).to.deep.equal([]);
  });

  it("leave the state as an `up` leaves it that tells everything: the next one finds no difference", async () => {
    const other = await scene.open({}, own);
    try {
      const { changes, resources } = await other.up(live, optionsOf());
      await expectHeard(...SERVICES);
      expect(Object.keys(changes)).to.have.members(["same", "read"]);
      expect(resources).to.deep.equal([]);
    } finally {
      await other.close();
    }
  });

  it("begin again where somebody has written the state since, without a resource that was left out", async () => {
    await up(ramped(live, ["users"], 0));
    const state = await scene.state();
    const isTaken = (urn: string) => urn.endsWith("ClusterCapacityProviders::mailer-green-link");
    const resources = state.resources!.filter(({ urn }) => !isTaken(urn));
    expect(resources).to.have.lengthOf(state.resources!.length - 1);
    await scene.leaveState({ ...state, resources });
    expect((await up(ramped(live, ["users"], 10))).changes.create).to.equal(1);
    expect(told).to.include(ONCE_MORE);
    expect((await urns()).filter(isTaken)).to.have.lengthOf(1);
  });

  it("tell it of what another resource needs of a service that stays as it is", async () => {
    needs = "a value";
    await up(ramped(live, ["users"], 10));
    await up(ramped(live, ["users"], 20));
    const needed = (await of("doodle")).filter((urn) => heard.has(urn));
    expect(needed.map((urn) => urn.split("::").slice(-2).join(" "))).to.have.members([
      "aoshingo:service:Service doodle",
      "aoshingo:service:Service$aws:cloudwatch/logGroup:LogGroup doodle-logs",
    ]);
  });

  it("begin again where a resource needs one that was left out", async () => {
    needs = "nothing";
    await up(ramped(live, ["users"], 30));
    await up(ramped(live, ["users"], 31));
    await expectHeard("users");
    needs = "a resource";
    await up(ramped(live, ["users"], 40));
    expect(told).to.include(ONCE_MORE);
    await expectHeard(...SERVICES);
    const { resources = [] } = await scene.state();
    const found = resources.find(({ urn }) => urn.endsWith("::own")) as { dependencies?: string[] };
    expect(found.dependencies!.map((urn) => urn.split("::").at(-1))).to.include("doodle-logs");
    expect(live.services.users!.idleShare).to.equal(40);
  });
});
