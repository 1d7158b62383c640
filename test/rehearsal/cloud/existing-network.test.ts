import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { existingNetworkIn } from "../../../rehearsal/cloud/existing-network";

const NETWORK = {
  vpc: "vpc-00000001",
  publicSubnets: ["subnet-00000001", "subnet-00000002"],
  privateSubnets: ["subnet-00000003", "subnet-00000004"],
};

describe("rehearsal/cloud/existing-network", () => {
  const directory = mkdtempSync(join(tmpdir(), "aoshingo-network-"));
  after(() => rmSync(directory, { recursive: true, force: true }));

  function networkIn(text: string) {
    const file = join(directory, "Pulumi.rehearsal.yaml");
    writeFileSync(file, text);
    return existingNetworkIn(file);
  }

  it("is the one that a stack's settings name, as a map or as the CLI writes it", () => {
    const json = JSON.stringify(NETWORK);
    expect(networkIn(`config:\n  aoshingo:network: ${json}\n`)).to.deep.equal(NETWORK);
    expect(networkIn(`config:\n  aoshingo:network: '${json}'\n`)).to.deep.equal(NETWORK);
  });

  it("is none where there is a new one, or nothing that can be read: the program says what is wrong", () => {
    for (const text of ["", "config: {}", "config:\n  aoshingo:network: { zones: 3 }", "config: [", "a: *b"])
      expect(networkIn(text), text).to.equal(null);
    expect(networkIn(`config:\n  aoshingo:network: ${JSON.stringify({ ...NETWORK, vpc: "main" })}`)).to.equal(null);
    expect(existingNetworkIn(join(directory, "missing.yaml"))).to.equal(null);
  });
});
