import { execFileSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, request, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { Authority, type SignedCertificate } from "../../../../../../rehearsal/cloud/services/acm/model/authority";

describe("rehearsal/cloud/services/acm/model/authority", () => {
  let authority: Authority;
  let leaf: SignedCertificate;
  let server: Server;

  before(async () => {
    authority = await Authority.create();
    leaf = await authority.sign(["example.jp", "*.example.jp"]);
    server = createServer({ key: leaf.privateKey, cert: leaf.certificate }, (_, response) => response.end("hello"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  after(() => server.close());

  function get(servername: string, ca?: string): Promise<number | string> {
    const { port } = server.address() as AddressInfo;
    return new Promise((resolve) => {
      const call = request({ host: "127.0.0.1", port, servername, ...(ca ? { ca } : {}), agent: false }, (response) => {
        response.resume();
        resolve(response.statusCode!);
      });
      call.on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
      call.end();
    });
  }

  for (const [servername, answer] of [
    ["example.jp", 200],
    ["users.example.jp", 200],
    ["a.users.example.jp", "ERR_TLS_CERT_ALTNAME_INVALID"],
    ["example.com", "ERR_TLS_CERT_ALTNAME_INVALID"],
  ] as const) {
    it(`signs for Node's TLS client, which says for ${servername}: ${answer} (M2)`, async () =>
      expect(await get(servername, authority.pem)).to.equal(answer));
  }

  it("is refused by a client that does not trust it", async () =>
    expect(await get("example.jp")).to.equal("UNABLE_TO_VERIFY_LEAF_SIGNATURE"));

  it("passes OpenSSL's strict checks", () => {
    const directory = mkdtempSync(join(tmpdir(), "aoshingo-"));
    try {
      const [ca, cert] = [join(directory, "ca.pem"), join(directory, "leaf.pem")];
      writeFileSync(ca, authority.pem);
      writeFileSync(cert, leaf.certificate);
      const args = ["verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", ca, cert];
      expect(execFileSync("openssl", args, { encoding: "utf8" })).to.equal(`${cert}: OK\n`);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it("signs for a year, which browsers accept, with a unique serial number", async () => {
    const days = (leaf.notAfter.getTime() - leaf.notBefore.getTime()) / 86_400_000;
    expect(days).to.equal(365);
    const other = await authority.sign(["example.jp"]);
    const [one, two] = [leaf, other].map(({ certificate }) => new X509Certificate(certificate));
    expect(one!.serialNumber).not.to.equal(two!.serialNumber);
    expect([one!.ca, new X509Certificate(authority.pem).ca]).to.deep.equal([false, true]);
  });
});
