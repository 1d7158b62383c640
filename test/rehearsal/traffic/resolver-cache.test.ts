import { expect } from "chai";
import { NameServers } from "../../../rehearsal/traffic/dns";
import { ResolverCache } from "../../../rehearsal/traffic/resolver-cache";
import { eventually } from "../../eventually";
import { NameServer } from "./name-server";

describe("rehearsal/traffic/resolver-cache", () => {
  let server: NameServer;
  let asking: NameServers;
  beforeEach(async () => {
    server = await NameServer.listen("127.67.3.53", []);
    asking = new NameServers([server.endpoint], () => 0);
  });
  afterEach(() => {
    asking.close();
    server.close();
  });

  const cache = (speed: number, followsTtl = true) =>
    new ResolverCache(asking, { hostName: "users.example.test", followsTtl, firstTtlLeft: 1, speed }, () => {});
  const outcome = (resolver: ResolverCache) =>
    resolver.resolve().then(
      (addresses) => addresses.join(),
      (error: Error) => error.message,
    );

  it("remembers a missing name for the TTL of the zone's SOA record (R12), whether it follows TTLs or not", async () => {
    server.soaSeconds = 900;
    for (const resolver of [cache(1), cache(1, false)]) {
      server.addresses = [];
      server.questions = 0;
      expect(await outcome(resolver)).to.equal("ENOTFOUND");
      server.addresses = ["127.67.3.1"];
      expect(await outcome(resolver)).to.equal("ENOTFOUND");
      expect(server.questions).to.equal(1);
    }
  });

  it("asks again when that time, in AWS seconds, is over", async () => {
    server.soaSeconds = 900;
    const resolver = cache(90_000);
    expect(await outcome(resolver)).to.equal("ENOTFOUND");
    server.addresses = ["127.67.3.1"];
    let last = "";
    const asks = setInterval(async () => {
      last = await outcome(resolver);
    }, 5);
    await eventually("an address", () => last === "127.67.3.1");
    clearInterval(asks);
  });
});
