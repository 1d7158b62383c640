import "../../../automation/core/silent-aws-sdk";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { runFirstContact } from "../../../automation/commands/run-first-contact";
import { projectSettings } from "../../../automation/core/project";
import { trialSettings } from "../../../automation/first-contact/settings";
import { WorkFolder } from "../../../automation/first-contact/work-folder";
import { keepEnvironment } from "../../keep-environment";

const SETTINGS = trialSettings({ region: "ap-northeast-1", domain: "example.jp", timeScale: 1 });

describe("first-contact", () => {
  keepEnvironment();
  const { log, error } = console;
  let said: string[];
  let directory: string;
  let aws: Server;
  let asked: string[];

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), "aoshingo-first-contact-"));
    asked = [];
    said = [];
    console.log = console.error = (line: unknown) => void said.push(String(line));
    aws = createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      response.writeHead(400).end("<Error><Code>Refused</Code></Error>");
    });
    await new Promise<void>((listening) => aws.listen(0, "127.0.0.1", listening));
    Object.assign(process.env, {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${(aws.address() as AddressInfo).port}`,
      AWS_ACCESS_KEY_ID: "key",
      AWS_SECRET_ACCESS_KEY: "secret",
    });
  });
  afterEach(() => {
    Object.assign(console, { log, error });
    aws.close();
    rmSync(directory, { recursive: true, force: true });
  });

  const folder = () => new WorkFolder(directory, projectSettings().name, "prod");
  const clean = () => runFirstContact({ stack: "prod", directory, yes: true, clean: true, timeScale: 1 });

  it("with --clean asks AWS for nothing after a run that was killed before the preflight had said that the stack is its own", async () => {
    folder().claim();
    folder().begin(SETTINGS);
    await clean();
    expect(said).to.deep.equal([`Nothing to clean: the run in ${directory} ended before it made anything in AWS.`]);
    expect(asked).to.deep.equal([]);
    expect(readdirSync(directory)).to.deep.equal([]);
  });

  it("with --clean asks AWS after one that had begun", async () => {
    folder().claim();
    folder().begin(SETTINGS);
    folder().belongsTo("123456789012");
    await clean().catch(() => {});
    expect(asked).not.to.deep.equal([]);
  });

  it("runs in no other time than AWS's own against AWS: what it measures would be wrong", async () => {
    delete process.env.AWS_ENDPOINT_URL;
    const run = { stack: "prod", domain: "example.jp", region: "ap-northeast-1", directory, yes: true, clean: false };
    const error = await runFirstContact({ ...run, timeScale: 20 }).then(
      () => null,
      (thrown: Error) => thrown,
    );
    expect(error?.message).to.equal("--time-scale is 20: wanted 1, or none, against AWS; it is for a stand-in");
    expect(folder().isInUse).to.equal(false);
  });
});
