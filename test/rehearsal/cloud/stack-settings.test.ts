import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { beforehandOf } from "../../../rehearsal/cloud/stack-settings";

const NETWORK = {
  vpc: "vpc-00000001",
  publicSubnets: ["subnet-00000001", "subnet-00000002"],
  privateSubnets: ["subnet-00000003", "subnet-00000004"],
};

describe("rehearsal/cloud/stack-settings", () => {
  const directory = mkdtempSync(join(tmpdir(), "aoshingo-network-"));
  after(() => rmSync(directory, { recursive: true, force: true }));

  function read(text: string) {
    const file = join(directory, "Pulumi.rehearsal.yaml");
    writeFileSync(file, text);
    return beforehandOf(file);
  }
  const networkIn = (text: string) => read(text).network;

  it("have an existing network, as a map or as the CLI writes it", () => {
    const json = JSON.stringify(NETWORK);
    expect(networkIn(`config:\n  aoshingo:network: ${json}\n`)).to.deep.equal(NETWORK);
    expect(networkIn(`config:\n  aoshingo:network: '${json}'\n`)).to.deep.equal(NETWORK);
  });

  it("have further domains", () => {
    const text = "config:\n  aoshingo:furtherDomains: [example.com, example.net]\n";
    expect(read(text).furtherDomains).to.deep.equal(["example.com", "example.net"]);
    expect(read("config:\n  aoshingo:furtherDomains: example.com\n").furtherDomains).to.deep.equal([]);
  });

  it("have databases that exist already, and none of those that the stack makes", () => {
    const existing = { host: "shop.example.com", secret: "prod/shop", cidr: "10.2.0.0/16" };
    const databases = (shop: object) =>
      read(`config:\n  aoshingo:databases: ${JSON.stringify({ main: {}, shop: { existing: shop } })}`).databases;
    expect(databases(existing)).to.deep.equal({ shop: { ...existing, port: 5432, database: "shop" } });
    expect(databases({ ...existing, host: "no host" })).to.deep.equal({});
  });

  it("have no network where there is a new one, or nothing that can be read: the program says what is wrong", () => {
    for (const text of ["", "config: {}", "config:\n  aoshingo:network: { zones: 3 }", "config: [", "a: *b"])
      expect(networkIn(text), text).to.equal(null);
    expect(networkIn(`config:\n  aoshingo:network: ${JSON.stringify({ ...NETWORK, vpc: "main" })}`)).to.equal(null);
    expect(beforehandOf(join(directory, "missing.yaml"))).to.deep.equal({
      ...{ network: null, furtherDomains: [], databases: {} },
    });
  });
});
