import { assert } from "chai";
import { statusText } from "../../../automation/commands/status";
import { live, outputsOf, together } from "../worlds";

const IDLE = { lease: null, frozen: null, unfinished: null };

describe("statusText", () => {
  const outputs = outputsOf(live({ active: "green", blue: ["v1", 0], green: ["v2", 2] }));

  it("shows each colour, what it runs and where, in a row", () => {
    const text = statusText(outputs, IDLE);
    assert.deepEqual(text.split("\n"), [
      "SERVICE  KIND  COLOUR          RELEASE  SIZE  REACHED AT",
      "users    api   blue    idle    v1       0     https://users-test.example.jp",
      "users    api   green   active  v2       2     https://users.example.jp",
      "",
      "No deploy is running.",
    ]);
  });

  it("shows a colour that never had a release", () => {
    const text = statusText(outputsOf(live({ active: "green", blue: null, green: null })), IDLE);
    assert.match(text, /users {4}api {3}blue {4}idle {4}- +0/);
  });

  it("shows both names of a service on both edges, and a worker's queue", () => {
    const both = { kind: "api", exposure: ["public", "internal"], queue: null, migrate: undefined } as const;
    const queue = { visibilityTimeoutSeconds: 60, maxReceiveCount: 5 };
    const worker = { kind: "worker", exposure: [], queue, migrate: undefined } as const;
    const state = together(
      live({ active: "blue", blue: ["v1", 2], green: null }),
      live({ active: "green", blue: null, green: ["v7", 1] }, { service: "mailer" }),
    );
    const text = statusText(outputsOf(state, { users: both, mailer: worker }), IDLE);
    assert.deepEqual(text.split("\n").slice(1, 7), [
      "users    api     blue    active  v1       2     https://users.example.jp",
      "                                                https://users.internal.example.jp:4711",
      "users    api     green   idle    -        0     https://users-test.example.jp",
      "                                                https://users-test.internal.example.jp:4711",
      "mailer   worker  blue    idle    -        0     queue aoshingo-test-mailer",
      "mailer   worker  green   active  v7       1     queue aoshingo-test-mailer",
    ]);
  });

  it("shows who deploys", () => {
    const holder = { who: "me@here", host: "here", pid: 7, what: "deploy users=v3" };
    const lease = { holder, fencing: 1, sinceMs: 0, expiresAtMs: 60_000, releasedAtMs: null };
    const running = "Running: deploy users=v3 by me@here (pid 7 on here) since 1970-01-01T00:00:00.000Z";
    assert.include(statusText(outputs, { ...IDLE, lease }), running);
  });

  it("says what is left to do, and that nothing may be deployed", () => {
    const outputs = outputsOf(live({ active: "blue", blue: ["v1", 2], green: null }));
    const frozen = { who: "me", sinceMs: 0, reason: "sale" };
    assert.deepEqual(
      statusText(outputs, { lease: null, frozen, unfinished: "20261125T093000Z-7" }).split("\n").slice(-3),
      [
        "No deploy is running.",
        "20261125T093000Z-7 is not finished: `resume` goes on with it, `abort` takes it back.",
        "Frozen by me since 1970-01-01T00:00:00.000Z: sale",
      ],
    );
  });
});
