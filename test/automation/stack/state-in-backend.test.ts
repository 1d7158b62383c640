import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { outputsInBackend, stateInBackend } from "../../../automation/stack/state-in-backend";
import { keepEnvironment } from "../../keep-environment";

const STACK_RESOURCE = { urn: "urn:pulumi:prod::shop::pulumi:pulumi:Stack::shop-prod", type: "pulumi:pulumi:Stack" };
const SECRET = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "v1:x" };

describe("a stack's state in its backend", () => {
  keepEnvironment();
  let directory: string;
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), "aoshingo-outputs-"));
    await mkdir(join(directory, ".pulumi/stacks/shop"), { recursive: true });
  });
  after(() => rm(directory, { recursive: true }));

  const read = (stack: string) => outputsInBackend(`file://${directory}?metadata=skip`, "shop", stack);
  const write = (stack: string, content: unknown) =>
    writeFile(
      join(directory, `.pulumi/stacks/shop/${stack}.json`),
      typeof content === "string" ? content : JSON.stringify(content),
    );
  const state = (outputs: object) => ({
    version: 3,
    checkpoint: {
      stack: "x",
      latest: { resources: [STACK_RESOURCE, { type: "aws:s3/bucket:Bucket" }].map((one) => ({ ...one, outputs })) },
    },
  });

  it("has the outputs of the stack's own resource", async () => {
    await write("prod", state({ live: { serial: 4 }, state: "1 {}" }));
    expect(await read("prod")).to.deep.equal({ live: { serial: 4 }, state: "1 {}" });
  });

  it("has empty outputs before the first `up`", async () => {
    await write("new", { version: 3, checkpoint: { stack: "x", latest: null } });
    expect(await read("new")).to.deep.equal({});
    await write("begun", { version: 3, checkpoint: { stack: "x" } });
    expect(await read("begun")).to.deep.equal({});
  });

  it("is what an export of the CLI has: with pending operations, and secrets as they are", async () => {
    const pending_operations = [{ type: "creating", resource: { urn: "urn:x", type: "aws:s3/bucket:Bucket" } }];
    const latest = { resources: [{ ...STACK_RESOURCE, outputs: { password: SECRET } }], pending_operations };
    await write("pending", { version: 3, checkpoint: { stack: "x", latest } });
    const url = `file://${directory}?metadata=skip`;
    expect(await stateInBackend(url, "shop", "pending")).to.deep.equal({ version: 3, deployment: latest });
    expect(await read("pending")).to.equal(undefined);
  });

  const cases: [string, unknown][] = [
    ["torn", '{"version":3,"checkpoint":{"latest'],
    ["secret", state({ live: {}, password: SECRET })],
    ["newer", { ...state({ live: {} }), version: 4 }],
    ["other", { deployment: {} }],
  ];
  for (const [name, content] of cases)
    it(`is left to the CLI: ${name}`, async () => {
      await write(name, content);
      expect(await read(name)).to.equal(undefined);
    });

  it("is read from a bucket, as the CLI names its objects, and left to the CLI where that is refused", async () => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(`${request.method} ${new URL(request.url!, "http://s3").pathname}`);
      if (request.url!.includes("prod.json"))
        response
          .writeHead(200, { etag: '"1"', "last-modified": new Date().toUTCString() })
          .end(JSON.stringify(state({ live: 1 })));
      else response.writeHead(403).end("<Error><Code>AccessDenied</Code></Error>");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    Object.assign(process.env, { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" });
    try {
      const { port } = server.address() as AddressInfo;
      const backend = `s3://bucket/team?region=eu-west-1&endpoint=127.0.0.1:${port}&disableSSL=true&s3ForcePathStyle=true`;
      expect(await outputsInBackend(backend, "shop", "prod")).to.deep.equal({ live: 1 });
      expect(asked).to.deep.equal(["GET /bucket/team/.pulumi/stacks/shop/prod.json"]);
      expect(await outputsInBackend(backend, "shop", "other")).to.equal(undefined);
    } finally {
      server.close();
    }
  });

  it("is left to the CLI where there is no such file, or another backend", async () => {
    expect(await read("nosuch")).to.equal(undefined);
    expect(await outputsInBackend("https://api.pulumi.com", "shop", "prod")).to.equal(undefined);
    expect(await outputsInBackend("", "shop", "prod")).to.equal(undefined);
  });
});
