import { assert } from "chai";
import { ProviderLost } from "../../../automation/stack/engine-errors";

describe("ProviderLost", () => {
  const lost: [string, string][] = [
    ["users-green-instances: error reading from server: EOF", " (of users-green-instances, for one)"],
    [
      'users-production-at-blue: connection error: desc = "transport: Error while dialing: dial tcp 127.0.0.1:40001: connect: connection refused"',
      " (of users-production-at-blue, for one)",
    ],
    ["the connection broke: transport is closing", ""],
  ];
  for (const [line, whose] of lost) {
    it(`is recognised by "${line}"`, () => {
      const found = ProviderLost.from(["users-green-service: ClusterNotFoundException: there is none", line]);
      assert.equal(found?.message, `the provider went away in the middle of the update${whose}`);
      assert.equal(found?.detail, line);
    });
  }

  it("is not recognised in errors of AWS or of the program", () => {
    assert.isNull(
      ProviderLost.from(["users-green-instances: timeout while waiting for capacity", "error: update failed"]),
    );
  });
});
