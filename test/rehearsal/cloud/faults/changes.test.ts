import { expect } from "chai";
import { route53Types } from "../../../../rehearsal/cloud/services/route53";
import { failureOf } from "../../../failure-of";
import { forwardTo, hostIs, Scene } from "../services/elb/model/scene";
import { alias, BLUE, create, Scene as DnsScene, GREEN, upsert, values } from "../services/route53/model/scene";

const GIVEN_UP = "exceeded maximum number of attempts, 25";

describe("rehearsal/cloud/faults/change-faults: rule changes", () => {
  let scene: Scene;
  let rules: { arn: string; host: string }[];
  let groups: { arn: string }[];

  before(async () => {
    scene = await Scene.set("127.45.1");
    const { arn } = await scene.createLoadBalancer("web");
    const listenerArn = (await scene.createListener(arn)).arn;
    groups = [scene.createTargetGroup(), scene.createTargetGroup()];
    rules = ["users.example.jp", "doodle.example.jp", "mailer.example.jp"].map((host) => ({
      host,
      ...scene.loadBalancing.rules.create({ listenerArn, conditions: hostIs(host), actions: [forwardTo(groups[0]!)] }),
    }));
  });
  after(() => scene.loadBalancing.close());
  afterEach(() => scene.context.faults.clear());

  /** Routes every rule to a target group, each separately as in an `up`. Returns the result of each. */
  function route(group: number): string[] {
    return rules.map(({ arn, host }) => {
      try {
        scene.loadBalancing.rules.modify(arn, { conditions: hostIs(host), actions: [forwardTo(groups[group]!)] });
        return "done";
      } catch (error) {
        return (error as Error).message;
      }
    });
  }
  /** Returns the index of the target group to which each rule routes. */
  const routed = () =>
    rules.map(({ arn }) => {
      const { action } = scene.loadBalancing.rules.get(arn);
      return action.type === "forward" ? groups.findIndex((group) => group.arn === action.targetGroups[0]!.arn) : -1;
    });

  it("fail the n-th change but not the others", () => {
    route(0);
    scene.context.faults.add({ kind: "failRule", nth: 2 });
    const [first, second, third] = route(1);
    expect([first, third]).to.deep.equal(["done", "done"]);
    expect(second).to.match(
      /^operation error Elastic Load Balancing v2: ModifyRule, exceeded maximum number of attempts, 25, .*StatusCode: 500,.* api error InternalFailure/,
    );
    expect(routed()).to.deep.equal([1, 0, 1]);
    expect(scene.context.faults.list()).to.deep.equal([]);
    expect(route(1)).to.deep.equal(["done", "done", "done"]);
    expect(routed()).to.deep.equal([1, 1, 1]);
  });

  it("lose the response to a change of one name that took effect", () => {
    route(0);
    scene.context.faults.add({ kind: "failRule", match: "doodle", when: "after" });
    const [first, second, third] = route(1);
    expect([first, third]).to.deep.equal(["done", "done"]);
    expect(second).to.contain(GIVEN_UP).and.contain("connection reset by peer");
    expect(routed()).to.deep.equal([1, 1, 1]);
  });

  it("have no effect after they are cleared", () => {
    scene.context.faults.add({ kind: "failRule", count: 99 });
    expect(route(0)).to.not.contain("done");
    scene.context.faults.clear();
    expect(route(0)).to.deep.equal(["done", "done", "done"]);
  });
});

describe("rehearsal/cloud/faults/change-faults: record changes", () => {
  let scene: DnsScene;
  beforeEach(() => {
    scene = new DnsScene(400);
  });
  afterEach(() => {
    scene.context.faults.clear();
    scene.zones.close();
  });
  const statesOf = (wanted: string) =>
    scene.context.events.flatMap((event) => (event.kind === "record" && event.name === wanted ? [event.state] : []));

  it("fail the n-th change before or after it took effect", async () => {
    scene.context.faults.add({ kind: "failRecord", nth: 2 });
    await scene.change(create(alias("a.example.jp", BLUE)));
    expect((await failureOf(scene.change(create(alias("b.example.jp", BLUE))))).message)
      .to.contain("operation error Route 53: ChangeResourceRecordSets")
      .and.contain(GIVEN_UP);
    expect(scene.zones.record(scene.zoneId, "b.example.jp", "A")).to.equal(undefined);

    scene.context.faults.add({ kind: "failRecord", when: "after", match: "b.example.jp" });
    expect((await failureOf(scene.change(create(alias("b.example.jp", BLUE))))).message).to.contain("reset by peer");
    // The response was lost at once, before any name server had the change.
    expect(statesOf("b.example.jp")).to.deep.equal(["pending"]);
    expect(scene.zones.record(scene.zoneId, "b.example.jp", "A")).to.not.equal(undefined);
    expect(scene.context.faults.list()).to.deep.equal([]);
    await scene.change(upsert(alias("b.example.jp", GREEN)));
    expect(new Set(scene.answers("b.example.jp"))).to.deep.equal(new Set(["127.68.51.1 127.68.51.2"]));
  });

  it("keep a change PENDING at some or all name servers until they are cleared", async () => {
    await scene.change(create(values("old.example.jp", "TXT", '"one"')));
    scene.context.faults.add({ kind: "pendingRecord", match: "old", nameServers: 1 });
    const change = scene.zones.change(scene.zoneId, [upsert(values("old.example.jp", "TXT", '"two"'))]);
    // Twice as long as a change takes at most otherwise.
    await scene.context.clock.sleep(60);
    expect(change.status).to.equal("PENDING");
    expect(scene.answers("old.example.jp", "TXT")).to.deep.equal(["two", "one", "one", "one"]);
    scene.context.faults.clear();
    await change.inSync;
    expect(change.status).to.equal("INSYNC");
    expect(new Set(scene.answers("old.example.jp", "TXT"))).to.deep.equal(new Set(["two"]));
  });

  it("make the provider give up after 30 minutes and keep the record in the state", async () => {
    scene = new DnsScene(20_000);
    const record = route53Types(scene.zones, scene.context.clock).find(({ token }) => token.endsWith(":Record"))!;
    const inputs = { zoneId: scene.zoneId, name: "c", type: "A", records: ["10.0.0.1"], ttl: 60 };
    scene.context.faults.add({ kind: "pendingRecord" });
    const error = await failureOf(record.create(inputs, { urn: "urn", signal: new AbortController().signal }));
    expect(error).to.include({
      name: "NotReadyError",
      id: `${scene.zoneId}_c_A`,
      message: `waiting for Route 53 Record (${scene.zoneId}_c_A): timeout while waiting for state to become 'INSYNC' (last state: 'PENDING', timeout: 30m0s)`,
    });
  });
});
