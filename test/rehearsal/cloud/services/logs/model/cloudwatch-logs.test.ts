import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { CloudWatchLogs } from "../../../../../../rehearsal/cloud/services/logs/model/cloudwatch-logs";
import { quietCloud } from "../../../quiet-cloud";
import { refusal } from "../../../refusal";

describe("log groups", () => {
  let directory: string;
  let logs: CloudWatchLogs;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "aoshingo-"));
    logs = new CloudWatchLogs(quietCloud(), directory);
    logs.createGroup("/shop/users", 30);
  });
  afterEach(() => {
    logs.close();
    rmSync(directory, { recursive: true });
  });

  for (const [name, days, code] of [
    ["/shop/orders", 30, "accepted"],
    ["/shop/orders", null, "accepted"],
    ["/shop/users", 30, "ResourceAlreadyExistsException: The specified log group already exists"],
    ["/shop/orders", 31, "InvalidParameterException: 1 validation error detected: Value '31' at 'retentionInDays'"],
    [
      "shop orders",
      30,
      "InvalidParameterException: 1 validation error detected: Value 'shop orders' at 'logGroupName'",
    ],
  ] as const) {
    it(`${name} for ${days} days: ${code} (W1, W2)`, () =>
      expect(refusal(() => logs.createGroup(name, days))).to.satisfy((answer: string) => answer.startsWith(code)));
  }

  it("have an ARN and a retention that can change", () => {
    expect(logs.find("/shop/users")).to.deep.equal({
      name: "/shop/users",
      arn: "arn:aws:logs:ap-northeast-1:123456789012:log-group:/shop/users",
      retentionInDays: 30,
    });
    expect(logs.setRetention("/shop/users", null).retentionInDays).to.equal(null);
    expect(refusal(() => logs.setRetention("/shop/users", 2))).to.match(/^InvalidParameterException: /);
  });

  it("keep the lines of a stream in order, in a file that outlives them", async () => {
    for (let line = 1; line <= 1000; line++) logs.append("/shop/users", "service/service/1", `line ${line}`);
    await new Promise((resolve) => setTimeout(resolve, 300));
    logs.append("/shop/users", "service/service/1", "last");
    logs.deleteGroup("/shop/users");
    logs.append("/shop/users", "service/service/1", "lost");
    expect(logs.exists("/shop/users")).to.equal(false);
    logs.close();
    const lines = readFileSync(join(directory, "shop/users/service/service/1.log"), "utf8").split("\n");
    expect([lines.length, lines[0], lines[999], lines[1000], lines[1001]]).to.deep.equal([
      1002,
      "line 1",
      "line 1000",
      "last",
      "",
    ]);
  });

  it("do not leave their directory", () => {
    expect(logs.fileOf("/shop/../../users", "../../etc/x")).to.equal(join(directory, "shop/users/etc/x.log"));
  });

  it("lose nothing when the process ends", () => {
    const source = `
      const { CloudWatchLogs } = require("./rehearsal/cloud/services/logs/model/cloudwatch-logs");
      const logs = new CloudWatchLogs({ region: "r", accountId: "a" }, ${JSON.stringify(directory)});
      logs.createGroup("g", null);
      logs.append("g", "s", "the last words");
      process.exit(0);`;
    execFileSync(process.execPath, ["--require", "ts-node/register", "--eval", source]);
    expect(readFileSync(join(directory, "g/s.log"), "utf8")).to.equal("the last words\n");
  });
});
