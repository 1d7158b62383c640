import { expect } from "chai";
import { hasPassed } from "../../../../../has-passed";
import { refused } from "../../elb/model/scene";
import { alias, BLUE, create, GREEN, NAME_SERVERS, remove, Scene, upsert, values } from "./scene";

describe("rehearsal/cloud/services/route53/model/hosted-zones", () => {
  let scene: Scene;

  beforeEach(() => {
    scene = new Scene();
  });
  afterEach(() => scene.zones.close());

  it("propagates a change to each name server at a different moment, to all before INSYNC (R5)", async () => {
    await scene.change(create(alias("users.example.jp", BLUE)));
    const seen = new Set<string>();
    const { emit } = scene.context;
    const blue = "127.68.50.1 127.68.50.2";
    const green = "127.68.51.1 127.68.51.2";
    scene.context.emit = (event) => {
      emit(event);
      seen.add(scene.answers("users.example.jp").join());
    };
    scene.context.events.length = 0;
    await scene.context.clock.sleep(1);
    const passed = hasPassed(scene.context.clock.realMs(5));
    const change = scene.zones.change(scene.zoneId, [upsert(alias("users.example.jp", GREEN))]);
    expect(change.status).to.equal("PENDING");
    expect(scene.zones.record(scene.zoneId, "users.example.jp", "A")!.content).to.include({ dnsName: GREEN });
    expect(scene.answers("users.example.jp")).to.deep.equal([blue, blue, blue, blue]);
    await change.inSync;
    // No name server has it within five seconds.
    expect(passed()).to.equal(true);
    expect(scene.zones.getChange(`/change/${change.id}`).status).to.equal("INSYNC");
    expect(scene.answers("users.example.jp")).to.deep.equal([green, green, green, green]);
    // The answer is always one of the two values, never empty (R4).
    expect([...seen].join().split(",")).to.satisfy((all: string[]) => all.every((one) => [blue, green].includes(one)));
    expect(seen.size).to.equal(5);
    const emitted = scene.context.events.flatMap((event) => (event.kind === "record" ? [event] : []));
    expect(emitted.map((event) => event.state)).to.deep.equal([
      "pending",
      "nameServer",
      "nameServer",
      "nameServer",
      "nameServer",
      "insync",
    ]);
    expect(emitted[0]).to.deep.include({ name: "users.example.jp", type: "A", target: GREEN, nameServer: null });
    expect(emitted.slice(1, 5).map((event) => event.nameServer)).to.have.members([0, 1, 2, 3]);
  });

  it("propagates changes of one record to a name server in their order", async () => {
    const last = "127.68.51.1 127.68.51.2";
    const { clock } = scene.context;
    const inSync: Promise<void>[] = [];
    for (const target of [GREEN, BLUE, GREEN, BLUE, GREEN]) {
      inSync.push(scene.zones.change(scene.zoneId, [upsert(alias("users.example.jp", target))]).inSync);
      await clock.sleep(1);
    }
    await Promise.all(inSync);
    expect(scene.answers("users.example.jp")).to.deep.equal([last, last, last, last]);
  });

  it("answers aliases with the load balancer's addresses for 60 s (R1)", async () => {
    await scene.change(create(alias("users.example.jp", BLUE)));
    expect(scene.zones.lookup(0, "users.example.jp", "A")).to.deep.equal({
      kind: "answer",
      records: [
        { name: "users.example.jp", type: "A", ttlSeconds: 60, data: "127.68.50.1" },
        { name: "users.example.jp", type: "A", ttlSeconds: 60, data: "127.68.50.2" },
      ],
    });
    expect(scene.answers("users.example.jp", "AAAA")[0]).to.equal("noData");
    scene.loadBalancers.delete(BLUE);
    expect(scene.answers("users.example.jp")[0]).to.equal("noData");
  });

  it("answers an alias that evaluates its target's health, whatever that is: it is the only record (R10)", async () => {
    await scene.change(create(alias("evaluated.example.jp", BLUE, { evaluateTargetHealth: true })));
    expect(scene.answers("evaluated.example.jp")[0]).to.equal("127.68.50.1 127.68.50.2");
  });

  it("follows CNAME records inside the zone, and returns those to other zones", async () => {
    await scene.change(
      create(alias("users.example.jp", BLUE)),
      create(values("people.example.jp", "CNAME", "users.example.jp.")),
      create(values("away.example.jp", "CNAME", "elsewhere.test")),
      create(values("loop.example.jp", "CNAME", "loop.example.jp")),
      create(values("note.example.jp", "TXT", '"one" "two"')),
    );
    expect(scene.answers("people.example.jp")[0]).to.equal("users.example.jp 127.68.50.1 127.68.50.2");
    expect(scene.answers("away.example.jp")[0]).to.equal("elsewhere.test");
    expect(scene.answers("people.example.jp", "CNAME")[0]).to.equal("users.example.jp");
    expect(scene.answers("loop.example.jp")[0]).to.match(/^loop/);
    expect(scene.answers("note.example.jp", "TXT")[0]).to.equal("onetwo");
    expect(scene.zones.publicRecord("note.example.jp.", "TXT")).to.deep.equal(["onetwo"]);
    expect(scene.zones.publicRecord("nothing.example.jp", "TXT")).to.equal(undefined);
  });

  it("distinguishes missing names from missing types, with AWS's negative TTL (R12)", async () => {
    await scene.change(create(values("a.b.example.jp", "A", "192.0.2.1")));
    const soa = {
      zone: "example.jp",
      nameServer: "ns-1.awsdns.test",
      hostmaster: "awsdns-hostmaster.amazon.com",
      serial: 1,
      ttlSeconds: 900,
      minimumSeconds: 86_400,
    };
    expect(scene.zones.lookup(0, "missing.example.jp", "A")).to.deep.equal({ kind: "noSuchName", soa });
    expect(scene.zones.lookup(0, "a.b.example.jp", "TXT")).to.deep.equal({ kind: "noData", soa });
    // No record has this name, but one has a name below it.
    expect(scene.answers("b.example.jp")[0]).to.equal("noData");
    expect(scene.answers("example.jp", "SOA")[0]).to.equal("noData");
    expect(scene.answers("other.jp")[0]).to.equal("refused");
  });

  it("answers with its name servers and their addresses", () => {
    const names = scene.answers("example.jp", "NS")[0]!.split(" ");
    expect(names).to.have.length(4);
    expect(names.map((name) => scene.answers(name)[0])).to.deep.equal(NAME_SERVERS);
    expect(scene.answers("ns-9.awsdns.test")[0]).to.equal("noSuchName");
  });

  it("answers for the DNS names of load balancers", () => {
    expect(scene.answers(BLUE)[0]).to.equal("127.68.50.1 127.68.50.2");
    expect(scene.answers(BLUE, "AAAA")[0]).to.equal("noData");
    expect(scene.answers("red-1.ap-northeast-1.elb.amazonaws.com")[0]).to.equal("noSuchName");
  });

  it("refuses a change while it accepts another, and more than 5 requests per second (R7-R8)", async () => {
    scene.zones.close();
    // An AWS second of 100 real ones: however busy the machine is, it is not over before the last request.
    scene = new Scene(0.01);
    const record = values("a.example.jp", "A", "192.0.2.1");
    scene.zones.change(scene.zoneId, [create(record)]);
    await refused(
      () => scene.zones.change(scene.zoneId, [upsert(record)]),
      "PriorRequestNotComplete",
      "The request was rejected because Route 53 was still processing a prior request.",
    );
    for (let request = 0; request < 3; request++) scene.zones.listRecords(scene.zoneId);
    await refused(() => scene.zones.listRecords(scene.zoneId), "Throttling", "Rate exceeded");
  });

  it("refuses to delete a zone with records (R11)", async () => {
    const record = values("a.example.jp", "A", "192.0.2.1");
    await scene.change(create(record));
    await refused(
      () => scene.zones.deleteZone(scene.zoneId),
      "HostedZoneNotEmpty",
      "The specified hosted zone contains non-required resource record sets and so cannot be deleted.",
    );
    await scene.change(remove(record));
    scene.zones.deleteZone(scene.zoneId);
    expect(scene.answers("a.example.jp")[0]).to.equal("refused");
    await refused(() => scene.zones.get("Z1"), "NoSuchHostedZone", "No hosted zone found with ID: Z1");
    await refused(() => scene.zones.getChange("C1"), "NoSuchChange", "Could not find resource with ID: C1");
  });

  it("answers a name from the closest zone", async () => {
    const zone = scene.zones.createZone("sub.example.jp.", "");
    expect(zone.id).to.match(/^Z[0-9A-Z]+$/);
    await scene.change(create(values("a.sub.example.jp", "A", "192.0.2.1")));
    expect(scene.answers("a.sub.example.jp")[0]).to.equal("noSuchName");
    await refused(() => scene.zones.createZone("not a name", ""), "InvalidDomainName", /not valid/);
  });

  it("lists records in the form of Route 53's API", async () => {
    await scene.change(create(alias("users.example.jp", BLUE)), create(values("a.example.jp", "A", "192.0.2.1")));
    const [ns, soa, ...records] = scene.zones.listRecords(`/hostedzone/${scene.zoneId}`);
    expect([ns!.Type, soa!.Type]).to.deep.equal(["NS", "SOA"]);
    expect(records).to.deep.equal([
      {
        Name: "users.example.jp.",
        Type: "A",
        AliasTarget: { DNSName: `${BLUE}.`, HostedZoneId: "Z14GRHDCWA56QT", EvaluateTargetHealth: false },
      },
      { Name: "a.example.jp.", Type: "A", TTL: 300, ResourceRecords: [{ Value: "192.0.2.1" }] },
    ]);
  });
});
