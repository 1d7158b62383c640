import { assert } from "chai";
import { statusText } from "../../../automation/commands/status";
import { live, outputsOf } from "../worlds";

describe("statusText", () => {
  const outputs = outputsOf(live({ active: "green", blue: ["v1", 0], green: ["v2", 2] }));

  it("shows each colour, what it runs and where, in 80 columns", () => {
    const text = statusText(outputs, null);
    assert.deepEqual(text.split("\n"), [
      "SERVICE  COLOUR          RELEASE  SIZE  URL",
      "users    blue    idle    v1       0     https://users-test.example.jp",
      "users    green   active  v2       2     https://users.example.jp",
      "",
      "No deploy is running.",
    ]);
  });

  it("shows a colour that never had a release", () => {
    const text = statusText(outputsOf(live({ active: "green", blue: null, green: null })), null);
    assert.match(text, /users {4}blue {4}idle {4}- +0/);
  });

  it("shows who deploys", () => {
    const holder = { who: "me@here", host: "here", pid: 7, what: "deploy users=v3" };
    const lease = { holder, fencing: 1, sinceMs: 0, expiresAtMs: 60_000, releasedAtMs: null };
    const running = "Running: deploy users=v3 by me@here (pid 7 on here) since 1970-01-01T00:00:00.000Z";
    assert.include(statusText(outputs, lease), running);
  });
});
