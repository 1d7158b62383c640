import { expect } from "chai";
import { type RunningServer, startServer } from "../server";

describe("__NAME__", () => {
  let server: RunningServer;
  beforeEach(async () => {
    server = await startServer(0, "127.0.0.1", "r1");
  });
  afterEach(() => server.stop());

  const pages: [path: string, status: number, body: unknown][] = [
    ["/", 200, { service: "__NAME__" }],
    ["/healthz", 200, { status: "ok" }],
    ["/nothing", 404, { error: "no such page; there are / and /healthz" }],
  ];
  for (const [path, status, body] of pages) {
    it(`answers ${path}, with its release`, async () => {
      const response = await fetch(`http://127.0.0.1:${server.port}${path}`);
      expect(response.headers.get("x-release")).to.equal("r1");
      expect([response.status, await response.json()]).to.deep.equal([status, body]);
    });
  }
});
