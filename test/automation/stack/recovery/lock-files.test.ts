import "../../../../automation/core/silent-aws-sdk";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { backendUrlOf } from "../../../../automation/stack/recovery/backend-url";
import { readLocks } from "../../../../automation/stack/recovery/lock-files";
import { keepEnvironment } from "../../../keep-environment";

const FOLDER = ".pulumi/locks/organization/aoshingo/prod/";
const TIMESTAMP = "2026-11-25T10:38:45.5Z";
const LOCK = { user: "root", host: "vm", pid: 7, sinceMs: Date.parse(TIMESTAMP) };
const MODIFIED = new Date(TIMESTAMP).toUTCString();
const FILE = JSON.stringify({ pid: 7, username: "root", hostname: "vm", timestamp: TIMESTAMP });

describe("automation/stack/recovery/lock-files", () => {
  describe("in a folder", () => {
    let directory: string;

    beforeEach(() => {
      directory = mkdtempSync(join(tmpdir(), "aoshingo-"));
    });
    afterEach(() => rmSync(directory, { recursive: true }));

    const read = () => readLocks(`file://${directory}?no_tmp_dir=true`, "aoshingo", "prod");

    it("finds the stack's locks, and none where nothing was ever locked", async () => {
      expect(await read()).to.equal(null);
      for (const folder of [FOLDER, ".pulumi/locks/organization/aoshingo/staging"])
        mkdirSync(join(directory, folder), { recursive: true });
      writeFileSync(join(directory, ".pulumi/locks/organization/aoshingo/staging/a.json"), FILE);
      expect(await read()).to.equal(null);
      writeFileSync(join(directory, FOLDER, "a.json"), FILE);
      expect(await read()).to.deep.equal([LOCK]);
    });
  });

  /** The server answers the SDK's real requests like S3. */
  describe("in a bucket", () => {
    keepEnvironment();
    let server: Server;
    let asked: string[];
    let objects: Record<string, string>;
    let isDenied: boolean;

    beforeEach(async () => {
      Object.assign(process.env, { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" });
      [asked, objects, isDenied] = [[], {}, false];
      server = createServer((request, response) => {
        const url = new URL(request.url!, "http://s3");
        asked.push(`${request.method} ${url.pathname} ${url.searchParams.get("prefix") ?? ""}`.trim());
        const key = url.pathname.replace(/^\/bucket\//, "");
        if (isDenied) response.writeHead(403).end("<Error><Code>AccessDenied</Code></Error>");
        else if (url.searchParams.has("list-type"))
          response.end(
            `<ListBucketResult>${Object.keys(objects)
              .map((name) => `<Contents><Key>${name}</Key></Contents>`)
              .join("")}</ListBucketResult>`,
          );
        else if (objects[key]) response.writeHead(200, { etag: '"1"', "last-modified": MODIFIED }).end(objects[key]);
        else response.writeHead(404).end("<Error><Code>NoSuchKey</Code></Error>");
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    });
    afterEach(() => new Promise((resolve) => server.close(resolve)));

    const read = () => {
      const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const query = new URLSearchParams({ region: "ap-northeast-1", endpoint, s3ForcePathStyle: "true" });
      return readLocks(`s3://bucket/team/state?${query}`, "aoshingo", "prod");
    };

    it("finds the stack's locks below the backend's own prefix", async () => {
      expect(await read()).to.equal(null);
      expect(asked).to.deep.equal([`GET /bucket/ team/state/${FOLDER}`]);
      objects = { [`team/state/${FOLDER}a.json`]: FILE };
      expect(await read()).to.deep.equal([LOCK]);
    });

    it("skips a lock that was given back after it was listed", async () => {
      objects = { [`team/state/${FOLDER}a.json`]: "" };
      expect(await read()).to.equal(null);
    });

    it("is undefined where listing is denied", async () => {
      isDenied = true;
      expect(await read()).to.equal(undefined);
    });
  });

  it("is undefined for other backends", async () => {
    for (const url of ["https://api.pulumi.com", "gs://bucket", ""])
      expect(await readLocks(url, "aoshingo", "prod")).to.equal(undefined);
  });
});

describe("automation/stack/recovery/backend-url", () => {
  let home: string;

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), "aoshingo-"));
  });
  afterEach(() => rmSync(home, { recursive: true }));

  it("comes from the environment, else from the project, else from the last login", () => {
    const project = { backend: { url: "s3://project" } };
    expect(backendUrlOf({}, { PULUMI_HOME: home })).to.equal("");
    writeFileSync(join(home, "credentials.json"), JSON.stringify({ current: "https://api.pulumi.com" }));
    expect(backendUrlOf({}, { PULUMI_HOME: home })).to.equal("https://api.pulumi.com");
    expect(backendUrlOf(project, { PULUMI_HOME: home })).to.equal("s3://project");
    expect(backendUrlOf(project, { PULUMI_HOME: home, PULUMI_BACKEND_URL: "file://~" })).to.equal("file://~");
  });
});
