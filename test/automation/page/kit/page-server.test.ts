import { once } from "node:events";
import { request } from "node:http";
import { connect } from "node:net";
import { assert } from "chai";
import { deployPage } from "../../../../automation/page/deploy/deploy-page";
import { PageServer } from "../../../../automation/page/kit/page-server";
import { done, ramping } from "../deploy/sample-events";

interface Answer {
  status: number;
  headers: Record<string, unknown>;
  text: string;
}

describe("the page's server", () => {
  let server: PageServer;
  beforeEach(async () => {
    server = await PageServer.listen(deployPage(ramping().model()), 0);
  });
  afterEach(() => server.close().catch(() => undefined));

  const ask = (
    path: string,
    { method = "GET", ...headers }: { method?: string; host?: string; origin?: string } = {},
  ) =>
    new Promise<Answer>((resolve, reject) => {
      const asked = request(new URL(path, server.url), { method, headers }, (response) => {
        let text = "";
        response.on("data", (chunk) => {
          text += chunk;
        });
        response.on("end", () => resolve({ status: response.statusCode!, headers: response.headers, text }));
      });
      asked.on("error", reject).end();
    });

  it("gives the page on this machine, to nobody's cache and in nobody's frame", async () => {
    assert.match(server.url, /^http:\/\/127\.0\.0\.1:\d+\/$/);
    const { status, headers, text } = await ask("/");
    assert.equal(status, 200);
    assert.deepInclude(headers, {
      "cache-control": "no-store",
      "x-frame-options": "DENY",
      "x-content-type-options": "nosniff",
    });
    assert.include(text, "<h1>users v2 is on the way to production</h1>");
    assert.include(text, "connect-src &#39;self&#39;");
    assert.notInclude(text, "unsafe-");
  });

  it("refuses other names, origins, paths and methods", async () => {
    assert.equal((await ask("/", { host: "evil.example" })).status, 421);
    assert.equal((await ask("/", { origin: "https://evil.example" })).status, 403);
    assert.equal((await ask("/", { origin: new URL(server.url).origin })).status, 200);
    assert.equal((await ask("/other")).status, 404);
    assert.equal((await ask("/", { method: "POST" })).status, 405);
  });

  it("tells who watches all at first, then what changed, then that it is over", async () => {
    const watching = ask("/events");
    // Whoever watches has got the first part when a second request was answered.
    await ask("/");
    server.show(deployPage(ramping().model()));
    server.show(deployPage(ramping().ends("ramp").model()));
    await server.close();
    const events = (await watching).text.trimEnd().split("\n\n");
    assert.lengthOf(events, 3, "what is the same is not told");
    const parts = events.slice(0, 2).map((event) => Object.keys(JSON.parse(event.split("\ndata: ")[1]!).parts));
    assert.deepEqual(
      parts[0],
      deployPage(done().model()).parts.map(({ id }) => id),
    );
    assert.include(parts[1]!, "tables");
    assert.notInclude(parts[1]!, "head");
    assert.equal(events[2], "event: over\ndata:");
  });

  it("ends though a browser reads nothing, or has opened a connection in advance", async () => {
    const { port } = new URL(server.url);
    const [sleeping, inAdvance] = [connect(Number(port), "127.0.0.1"), connect(Number(port), "127.0.0.1")];
    const ended = Promise.all([sleeping, inAdvance].map((socket) => once(socket, "close")));
    inAdvance.resume();
    sleeping.write(`GET /events HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\n\r\n`);
    await once(sleeping, "readable");
    await server.close();
    sleeping.resume();
    await ended;
  });

  it("says so in one line when the port is taken", async () => {
    const port = Number(new URL(server.url).port);
    const failure = await PageServer.listen(deployPage(ramping().model()), port).catch((error: Error) => error);
    assert.equal(
      (failure as Error).message,
      `the page cannot be served on port ${port} (EADDRINUSE): give another one, or none for a free one`,
    );
  });
});
