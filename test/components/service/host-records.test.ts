import { expect } from "chai";
import type { LiveService } from "../../../components/live/live";
import { RECORD } from "../declared";
import { type Change, EngineStack } from "../engine-stack";

const serving = (service: string): LiveService => ({
  active: "blue",
  colours: {
    blue: {
      release: {
        image: `123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/aoshingo/test/${service}@sha256:${"1".repeat(64)}`,
        name: "v1",
      },
      size: 2,
    },
    green: { release: null, size: 0 },
  },
});
const warm = (service: string): LiveService => ({ ...serving(service), active: "green" });

const INTERNAL = { kind: "api", exposure: ["internal"] };
const PUBLIC = { kind: "api", exposure: ["public", "internal"] };

const records = (changes: readonly Change[]) =>
  changes.filter(({ type }) => type === RECORD).map(({ op, name }) => `${op} ${name}`);

/** Route 53 refuses a second record of a name (aws-rules R3), and a run deletes last. Each test continues with the stack of the one before. */
describe("the record of a name that is another resource's now", () => {
  let engine: EngineStack;

  before(async () => {
    engine = await EngineStack.start();
    await engine.set("services", { www: { kind: "api" }, web: PUBLIC, api: INTERNAL });
    await engine.setLive(1, { www: warm("www"), web: warm("web"), api: warm("api") });
    await engine.up();
    await engine.setLive(2, { www: serving("www"), web: serving("web"), api: serving("api") });
    await engine.up();
    await engine.forgetLive();
  });

  after(() => engine.stop());

  it("is changed in place when names of a removed service become another one's hosts", async () => {
    await engine.set("services", {
      web: { ...PUBLIC, hosts: ["www.rehearsal.test", "www-test.rehearsal.test"] },
      api: INTERNAL,
      plan: { kind: "api", hosts: ["api.rehearsal.test"] },
    });
    expect(records(await engine.up())).to.have.members([
      "create plan-production-record",
      "create plan-test-record",
      "create api.rehearsal.test-record",
      // The record of the production name leads to the active colour's load balancer already.
      "update www-test.rehearsal.test-record",
    ]);
  });

  it("is changed in place when somebody has imported the record of a site before, which `pulumi import` protects", async () => {
    const site = { name: "shop.rehearsal.test", aliases: [], records: ["192.0.2.7"], ttl: 300 };
    await engine.imported("shop.rehearsal.test-record", { like: "api.rehearsal.test-record", inputs: site });
    await engine.set("services", {
      web: { ...PUBLIC, hosts: ["www.rehearsal.test", "www-test.rehearsal.test", "shop.rehearsal.test"] },
      api: INTERNAL,
      plan: { kind: "api", hosts: ["api.rehearsal.test"] },
    });
    expect(records(await engine.up())).to.deep.equal(["update shop.rehearsal.test-record"]);
    const resources = await engine.resources();
    expect(resources.filter(({ urn }) => urn.includes("::shop.")).map(({ urn }) => urn.split("::")[2])).to.deep.equal([
      "aoshingo:hostRecords:HostRecords$aws:route53/record:Record",
    ]);
    await engine.set("services", {
      web: { ...PUBLIC, hosts: ["www.rehearsal.test", "www-test.rehearsal.test"] },
      api: INTERNAL,
      plan: { kind: "api", hosts: ["api.rehearsal.test"] },
    });
    expect(records(await engine.up())).to.deep.equal(["delete shop.rehearsal.test-record"]);
  });

  it("is changed in place when a host of a service without a release becomes the name of another service", async () => {
    await engine.set("services", {
      web: { ...PUBLIC, hosts: ["www.rehearsal.test"] },
      api: PUBLIC,
      plan: { kind: "api" },
    });
    expect(records(await engine.up())).to.have.members([
      "create api-test-record",
      "update api-production-record",
      "delete www-test.rehearsal.test-record",
    ]);
  });
});
