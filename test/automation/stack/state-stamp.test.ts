import "../../../automation/core/silent-aws-sdk";
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { stateStamp } from "../../../automation/stack/state-stamp";
import { keepEnvironment } from "../../keep-environment";

const FOLDER = ".pulumi/stacks/aoshingo";

describe("automation/stack/state-stamp", () => {
  describe("in a folder", () => {
    let directory: string;

    beforeEach(() => {
      directory = mkdtempSync(join(tmpdir(), "aoshingo-"));
      mkdirSync(join(directory, FOLDER), { recursive: true });
    });
    afterEach(() => rmSync(directory, { recursive: true }));

    const stamp = () => stateStamp(`file://${directory}`, "aoshingo", "prod");
    /** As the CLI does. */
    function write(name: string, text: string): void {
      writeFileSync(join(directory, "new"), text);
      renameSync(join(directory, "new"), join(directory, FOLDER, name));
    }

    it("is null without a state, also beside that of another stack", async () => {
      write("staging.json", "1");
      expect(await stamp()).to.equal(null);
    });

    it("is another one after each write, and the same without one", async () => {
      write("prod.json", "1");
      const first = await stamp();
      write("staging.json", "1");
      expect(await stamp()).to.equal(first);
      write("prod.json", "1");
      expect(await stamp()).to.not.equal(first);
    });

    it("knows a compressed state", async () => {
      write("prod.json.gz", "1");
      expect(await stamp()).to.contain("prod.json.gz");
    });
  });

  /** The server answers the SDK's real requests like S3. */
  describe("in a bucket", () => {
    keepEnvironment();
    let server: Server;
    let asked: string[];
    let answer: { status: number; body: string };

    beforeEach(async () => {
      Object.assign(process.env, { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" });
      asked = [];
      server = createServer((request, response) => {
        const { pathname, searchParams } = new URL(request.url!, "http://s3");
        asked.push(`${pathname} ${searchParams.get("prefix")}`);
        response.writeHead(answer.status).end(answer.body);
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    });
    afterEach(() => new Promise((resolve) => server.close(resolve)));

    const stamp = () => {
      const { port } = server.address() as AddressInfo;
      const query = `region=ap-northeast-1&endpoint=http://127.0.0.1:${port}&s3ForcePathStyle=true`;
      return stateStamp(`s3://bucket/states?${query}`, "aoshingo", "prod");
    };

    it("is keys and ETags of the state and of what is beside it", async () => {
      const object = "<Contents><Key>states/.pulumi/stacks/aoshingo/prod.json</Key><ETag>e1</ETag></Contents>";
      answer = { status: 200, body: `<ListBucketResult>${object}</ListBucketResult>` };
      expect(await stamp()).to.equal("states/.pulumi/stacks/aoshingo/prod.json e1");
      expect(asked).to.deep.equal(["/bucket/ states/.pulumi/stacks/aoshingo/prod.json"]);
    });

    it("is null without a state, and where the bucket may not be listed", async () => {
      answer = { status: 200, body: "<ListBucketResult></ListBucketResult>" };
      expect(await stamp()).to.equal(null);
      answer = { status: 403, body: "<Error><Code>AccessDenied</Code></Error>" };
      expect(await stamp()).to.equal(null);
    });
  });

  it("is null in any other backend", async () => {
    expect(await stateStamp("https://api.pulumi.com", "aoshingo", "prod")).to.equal(null);
  });
});
