import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect } from "chai";
import { NODE_ARGUMENTS } from "../../../../../../automation/core/package-directory";
import { CloudWatchLogs } from "../../../../../../rehearsal/cloud/services/logs/model/cloudwatch-logs";
import { refusal } from "../../../refusal";
import { silentCloud } from "../../../silent-cloud";

/** The module under test, for a process of its own. */
const MODULE = require.resolve("../../../../../../rehearsal/cloud/services/logs/model/cloudwatch-logs");

describe("rehearsal/cloud/services/logs/model/cloudwatch-logs", () => {
  let directory: string;
  let logs: CloudWatchLogs;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "aoshingo-"));
    logs = new CloudWatchLogs(silentCloud(), directory);
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
    it(`creates the log group ${name} with a retention of ${days} days: ${code} (W1, W2)`, () =>
      expect(refusal(() => logs.createGroup(name, days))).to.satisfy((answer: string) => answer.startsWith(code)));
  }

  it("gives a log group an ARN and a retention that can change", () => {
    expect(logs.find("/shop/users")).to.deep.equal({
      name: "/shop/users",
      arn: "arn:aws:logs:ap-northeast-1:123456789012:log-group:/shop/users",
      retentionInDays: 30,
    });
    expect(logs.setRetention("/shop/users", null).retentionInDays).to.equal(null);
    expect(refusal(() => logs.setRetention("/shop/users", 2))).to.match(/^InvalidParameterException: /);
  });

  it("writes the lines of a stream in order to a file that stays after the group is deleted", async () => {
    const file = join(directory, "shop/users/service/service/1.log");
    for (let line = 1; line <= 1000; line++) logs.append("/shop/users", "service/service/1", `line ${line}`);
    while (!existsSync(file)) await delay(10);
    logs.append("/shop/users", "service/service/1", "last");
    logs.deleteGroup("/shop/users");
    logs.append("/shop/users", "service/service/1", "lost");
    expect(logs.exists("/shop/users")).to.equal(false);
    logs.close();
    const lines = readFileSync(file, "utf8").split("\n");
    expect([lines.length, lines[0], lines[999], lines[1000], lines[1001]]).to.deep.equal([
      1002,
      "line 1",
      "line 1000",
      "last",
      "",
    ]);
  });

  it("keeps all files inside its directory", () => {
    expect(logs.fileOf("/shop/../../users", "../../etc/x")).to.equal(join(directory, "shop/users/etc/x.log"));
  });

  it("writes the buffered lines when the process ends", () => {
    const source = `
      const { CloudWatchLogs } = require(${JSON.stringify(MODULE)});
      const logs = new CloudWatchLogs({ region: "r", accountId: "a" }, ${JSON.stringify(directory)});
      logs.createGroup("g", null);
      logs.append("g", "s", "the last words");
      process.exit(0);`;
    execFileSync(process.execPath, [...NODE_ARGUMENTS, "--eval", source]);
    expect(readFileSync(join(directory, "g/s.log"), "utf8")).to.equal("the last words\n");
  });
});
