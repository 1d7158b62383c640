import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { CloudWatchLogs } from "../../../../../../rehearsal/cloud/services/logs/model/cloudwatch-logs";
import { logGroupType } from "../../../../../../rehearsal/cloud/services/logs/provider/log-group";
import { Stack } from "../../../provider/stack";
import { silentCloud } from "../../../silent-cloud";

describe("rehearsal/cloud/services/logs/provider/log-group", () => {
  const GROUP = "aws:cloudwatch/logGroup:LogGroup";
  // The first log line creates the directory.
  const directory = join(tmpdir(), `aoshingo-logs-${randomUUID()}`);
  const logs = new CloudWatchLogs(silentCloud(), directory);
  const stack = new Stack([logGroupType(logs)]);
  after(() => {
    logs.close();
    rmSync(directory, { recursive: true, force: true });
  });

  it("creates a log group that keeps events for ever by default, and updates the retention in place (W1)", async () => {
    const group = await stack.create(GROUP, { name: "/shop/users", tags: { a: "b" } });
    expect(group.outputs).to.include({
      arn: "arn:aws:logs:ap-northeast-1:123456789012:log-group:/shop/users",
      name: "/shop/users",
      retentionInDays: 0,
    });
    await stack.update(group, { retentionInDays: 30 });
    expect(logs.find("/shop/users")?.retentionInDays).to.equal(30);
    await stack.destroy();
    expect(logs.exists("/shop/users")).to.equal(false);
  });

  it("refuses a number of days that CloudWatch Logs does not have (W1)", () => {
    expect(stack.problems(GROUP, { name: "a", retentionInDays: 31 })[0]).to.match(
      /^retentionInDays: expected retention_in_days to be one of \[0 1 3 5 7 14 30 .* 3653\]; given 31$/,
    );
  });
});
