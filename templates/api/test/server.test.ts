import { expect } from "chai";
import { app } from "../app";
import { type Running, serve } from "../serve";

describe("__NAME__", () => {
  let server: Running;
  beforeEach(async () => {
    server = await serve(app(), "r1", 0, "127.0.0.1");
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
