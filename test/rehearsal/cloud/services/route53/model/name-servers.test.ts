import { Resolver } from "node:dns/promises";
import { expect } from "chai";
import { type DnsServers, startDnsServers } from "../../../../../../rehearsal/cloud/data-plane/dns/server";
import { alias, BLUE, create, GREEN, NAME_SERVERS, Scene, upsert, values } from "./scene";

describe("rehearsal/cloud/services/route53/model/name-servers over real DNS", () => {
  let scene: Scene;
  let servers: DnsServers;
  let resolvers: Resolver[];

  before(async () => {
    scene = new Scene();
    servers = await startDnsServers({ addresses: NAME_SERVERS, port: 0, source: scene.zones });
    resolvers = servers.nameServers.map(({ address, port }) => {
      const resolver = new Resolver({ timeout: 60_000, tries: 1 });
      resolver.setServers([`${address}:${port}`]);
      return resolver;
    });
  });
  after(async () => {
    scene.zones.close();
    await servers.close();
  });

  it("answers every client with the new target and its TTL once the change is INSYNC", async () => {
    await scene.change(create(alias("users.example.jp", BLUE)));
    await scene.change(upsert(alias("users.example.jp", GREEN)));
    for (const resolver of resolvers) {
      const answers = await resolver.resolve4("users.example.jp", { ttl: true });
      expect(answers.map((answer) => answer.address)).to.have.members(["127.68.51.1", "127.68.51.2"]);
      expect(answers.map((answer) => answer.ttl)).to.deep.equal([60, 60]);
    }
  });

  it("answers NS, SOA and TXT, and refuses or denies what does not exist", async () => {
    await scene.change(create(values("note.example.jp", "TXT", '"one"')));
    const [resolver] = resolvers;
    expect(await resolver!.resolveNs("example.jp")).to.have.members([1, 2, 3, 4].map((n) => `ns-${n}.awsdns.test`));
    expect(await resolver!.resolveSoa("example.jp")).to.include({ nsname: "ns-1.awsdns.test", minttl: 86_400 });
    expect(await resolver!.resolveTxt("note.example.jp")).to.deep.equal([["one"]]);
    const codeOf = (name: string) => resolver!.resolve4(name).catch((error) => error.code);
    expect(await codeOf("note.example.jp")).to.equal("ENODATA");
    expect(await codeOf("missing.example.jp")).to.equal("ENOTFOUND");
    expect(await codeOf("other.jp")).to.equal("EREFUSED");
  });
});
