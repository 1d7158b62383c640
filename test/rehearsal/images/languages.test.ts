import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { findOnPath } from "../../../automation/pulumi-cli/find-on-path";
import { type ForwardProxy, startForwardProxy } from "../../../rehearsal/cloud/data-plane/egress/forward-proxy";
import { Unreachable } from "../../../rehearsal/cloud/data-plane/egress/unreachable";
import { authorityEnvironment, proxyEnvironment } from "../../../rehearsal/cloud/kernel/client-environment";
import { Authority } from "../../../rehearsal/cloud/services/acm/model/authority";
import { buildImage } from "../../../rehearsal/images/build-image";
import { type RunningImage, runImage, stopImage } from "./run-image";

const HOST = "users.internal.rehearsal.test";

const languages: [program: string, folder: string][] = [
  ["python3", "python-service"],
  ["go", "go-service"],
];

for (const [program, folder] of languages) {
  describe(`an image of a ${folder.replace("-", " ")}`, () => {
    let directory: string;
    let users: Server;
    let proxy: ForwardProxy;
    let image: RunningImage;
    let url: string;
    let allowed = true;
    let environment: Record<string, string>;

    before(async function () {
      if (!findOnPath(program)) this.skip();
      directory = mkdtempSync(join(tmpdir(), "aoshingo-language-"));
      const authority = await Authority.create();
      const certificateFile = join(directory, "authority.pem");
      writeFileSync(certificateFile, authority.pem);
      const { certificate, privateKey } = await authority.sign([HOST]);
      users = createServer({ cert: certificate, key: privateKey }, (_, response) =>
        response.end('{"users":[{"id":"u1","name":"Aoi"}]}'),
      ).listen(0, "127.0.0.1");
      await once(users, "listening");
      const { port } = users.address() as AddressInfo;
      proxy = await startForwardProxy({
        name: "The test's proxy",
        address: "127.0.0.1",
        port: 0,
        route: (host, wanted) => {
          if (!allowed || `${host}:${wanted}` !== `${HOST}:4711`) throw new Unreachable(403, "add calls: [users]");
          return { address: "127.0.0.1", port };
        },
      });
      environment = {
        PORT: "0",
        RELEASE: "r1",
        USERS_URL: `https://${HOST}:4711`,
        ...authorityEnvironment(certificateFile),
        ...proxyEnvironment(proxy.url),
      };
      image = runImage(await buildImage(join(__dirname, folder), ["FAULT=none"]), environment);
      url = `http://127.0.0.1:${JSON.parse(await image.nextLine()).port}`;
    });
    after(async () => {
      if (!directory) return;
      image?.child.kill("SIGKILL");
      users.closeAllConnections();
      users.close();
      await proxy.close();
      rmSync(directory, { recursive: true });
    });

    async function ask(path: string) {
      const response = await fetch(url + path);
      expect(response.headers.get("x-release")).to.equal("r1");
      return { status: response.status, body: await response.json() };
    }

    it("answers its health check, with its release", async () => {
      expect(await ask("/healthz")).to.deep.equal({ status: 200, body: { status: "ok" } });
    });

    it("calls another service through the proxy, and trusts the authority", async () => {
      expect(await ask("/greeting")).to.deep.equal({ status: 200, body: { greeting: "Hello Aoi" } });
    });

    it("says which setting would open a call that is not declared", async () => {
      allowed = false;
      users.closeAllConnections();
      const { status, body } = await ask("/greeting");
      expect(status).to.equal(502);
      expect((body as { error: string }).error).to.contain("add calls: [users]");
      expect(JSON.parse(await image.nextLine())).to.include({ event: "callFailed", service: "users" });
    });

    it("ends with 0 on SIGTERM", async () => {
      expect(await stopImage(image)).to.deep.equal([0, null]);
    });
  });
}
