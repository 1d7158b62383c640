import { expect } from "chai";
import { describeLocks, refusalOf } from "../../../../automation/stack/recovery/lock";

describe("automation/stack/recovery/lock", () => {
  it("reads the owners that a self-managed backend names", () => {
    const refusal = refusalOf(
      [
        "error: the stack is currently locked by 2 lock(s). Either wait for the other process(es) to end or delete the lock file with `pulumi cancel`.",
        "  file:///var/state/.pulumi/locks/organization/aoshingo/prod/3519ec2a.json: created by root@vm (pid 24303) at 2026-11-25T10:38:45Z",
        "  s3://bucket/.pulumi/locks/organization/aoshingo/prod/11.json?region=x: created by a b@ci-7.example (pid 7) at 2026-11-25T19:38:45+09:00",
        "",
      ].join("\n"),
    );
    const sinceMs = Date.UTC(2026, 10, 25, 10, 38, 45);
    expect(refusal?.locks).to.deep.equal([
      { user: "root", host: "vm", pid: 24303, sinceMs },
      { user: "a b", host: "ci-7.example", pid: 7, sinceMs },
    ]);
    expect(refusal?.message).to.equal(
      "the stack is locked: root@vm, pid 24303, since 2026-11-25T10:38:45Z and a b@ci-7.example, pid 7, since 2026-11-25T10:38:45Z",
    );
  });

  it("knows Pulumi Cloud's refusal, which names nobody", () => {
    const refusal = refusalOf("error: [409] Conflict: Another update is currently in progress.\n");
    expect(refusal?.locks).to.deep.equal([]);
    expect(describeLocks([])).to.equal("another update, which the backend does not name");
  });

  it("is null for any other error", () => {
    expect(refusalOf("error: update failed")).to.equal(null);
  });
});
