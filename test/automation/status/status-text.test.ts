import { assert } from "chai";
import { statusText } from "../../../automation/status/status-text";
import { live, together } from "../deploy/worlds";
import { LEASE, statusOf } from "./samples";

const NOW_MS = Date.UTC(2026, 10, 25, 12, 30);
const HOUR_MS = 3_600_000;
const RUN = {
  unfinished: "20261125T093000Z-1",
  unfinishedRun: { command: "deploy", asked: { users: "v3" }, direction: "forward", canGoBack: true },
} as const;

describe("statusText", () => {
  const status = statusOf(live({ active: "green", blue: ["v1", 0], green: ["v2", 2] }));

  it("shows what each colour runs and whether it is well, where it is reached, and what is done", () => {
    const since = { ...status.services.users!, sinceMs: NOW_MS - 3 * HOUR_MS };
    assert.deepEqual(statusText({ ...status, services: { users: since } }, NOW_MS).split("\n"), [
      "SERVICE  COLOUR          RELEASE  SIZE  HEALTHY  SINCE (UTC)",
      "users    green   active  v2       2     2 of 2   2026-11-25 09:30, 3 h",
      "         blue    idle    v1       0     -",
      "",
      "users  active  https://users.example.jp",
      "       idle    https://users-test.example.jp",
      "",
      "No deploy is running.",
    ]);
  });

  it("shows until when an old colour is kept warm", () => {
    const state = live({ active: "green", blue: ["v1", 2], green: ["v2", 2] });
    state.services.users!.colours.blue.until = NOW_MS + HOUR_MS;
    const text = statusText(statusOf(state), NOW_MS, 200);
    assert.match(
      text,
      /\nusers blue is kept warm until 2026-11-25 13:30 UTC: until then `npx aoshingo rollback --stack \w+ users` takes seconds; `retire` ends it\.\nNo deploy is running\.$/,
    );
  });

  it("shows a colour that never had a release", () => {
    const text = statusText(statusOf(live({ active: "green", blue: null, green: null })), NOW_MS);
    assert.match(text, /users {4}green {3}active {2}- +0 +- +-\n {9}blue {4}idle {4}- +0 +-\n/);
  });

  it("shows both names of a service on both edges, and a worker's queue", () => {
    const both = { kind: "api", exposure: ["public", "internal"], queue: null, migrate: undefined } as const;
    const queue = { visibilityTimeoutSeconds: 60, maxReceiveCount: 5 };
    const worker = { kind: "worker", exposure: [], queue, migrate: undefined } as const;
    const state = together(
      live({ active: "blue", blue: ["v1", 2], green: null }),
      live({ active: "green", blue: null, green: ["v7", 1] }, { service: "mailer" }),
    );
    const text = statusText(statusOf(state, { users: both, mailer: worker }), NOW_MS);
    assert.deepEqual(text.split("\n").slice(6, 11), [
      "users   active  https://users.example.jp",
      "                https://users.internal.example.jp:4711",
      "        idle    https://users-test.example.jp",
      "                https://users-test.internal.example.jp:4711",
      "mailer  queue   aoshingo-test-mailer",
    ]);
  });

  it("shows no size and no health of a job, which has no instances", () => {
    const job = { kind: "job", exposure: [], queue: null, migrate: undefined } as const;
    const state = live({ active: "blue", blue: ["v1", 1], green: null }, { service: "report" });
    const text = statusText(statusOf(state, { report: job }), NOW_MS);
    assert.match(text, /report {3}blue {4}active {2}v1 +- +- +-\n {9}green {3}idle {4}- +- +-\n/);
  });

  it("shows what is wrong with a colour below the table", () => {
    const users = { ...status.services.users! };
    const fault = "target i-1 is unhealthy: Target.Timeout";
    users.health = { blue: null, green: { healthy: 1, wanted: 2, faults: [fault] } };
    const text = statusText({ ...status, services: { users } }, NOW_MS);
    assert.match(text, /1 of 2/);
    assert.include(text, `\n! users green: ${fault}\n`);
  });

  it("says once why nobody can see whether anything is well", () => {
    const state = together(
      live({ active: "blue", blue: ["v1", 2], green: ["v2", 2] }),
      live({ active: "green", blue: null, green: ["v7", 1] }, { service: "mailer" }),
    );
    const unseen = statusOf(state);
    for (const service of Object.values(unseen.services))
      for (const colour of ["blue", "green"] as const)
        if (service.health[colour]) service.health[colour] = { unknown: "no credentials" };
    const text = statusText(unseen, NOW_MS);
    assert.include(text, "\n! health is not seen: no credentials\n");
    assert.lengthOf([...text.matchAll(/no credentials/g)], 1);
    assert.match(text, /v1 +2 +unknown/);
  });

  it("says what cannot be seen once for colours of one cause, and hides nothing else behind it", () => {
    const job = { kind: "job", exposure: [], queue: null, migrate: undefined } as const;
    const state = together(
      together(
        live({ active: "blue", blue: ["v1", 2], green: ["v2", 2] }),
        live({ active: "green", blue: null, green: ["v7", 1] }, { service: "mailer" }),
      ),
      live({ active: "blue", blue: ["v1", 1], green: null }, { service: "report" }),
    );
    const partly = statusOf(state, { report: job });
    const { users, mailer, report } = partly.services;
    users!.health.green = { unknown: "Rate exceeded" };
    mailer!.health.green = { unknown: "Rate exceeded" };
    users!.health.blue = { healthy: 0, wanted: 2, faults: ["target i-1 is unhealthy: Target.Timeout"] };
    const failed = { createdMs: NOW_MS - HOUR_MS, endedMs: NOW_MS, exitCode: 7, wasStopped: false, reason: "" };
    const schedule = { cron: "cron(30 2 * * ? *)", timeZone: "UTC" };
    report!.job = { schedule, nextMs: null, isOver: false, runs: [failed] };
    const lines = statusText(partly, NOW_MS).split("\n");
    assert.deepEqual(
      lines.filter((line) => line.startsWith("!")),
      [
        "! health of 2 colours is not seen: Rate exceeded",
        "! users blue: target i-1 is unhealthy: Target.Timeout",
        "! report: its last run failed: exit code 7",
      ],
    );
  });

  it("shows the shares of a ramp", () => {
    const state = live({ active: "blue", blue: ["v1", 2], green: ["v2", 2] });
    state.services.users!.idleShare = 10;
    const text = statusText(statusOf(state), NOW_MS);
    assert.match(text, /blue +active 90 % +v1/);
    assert.match(text, /green +idle 10 % +v2/);
  });

  it("shows who deploys, the step, and what it waits for", () => {
    const running = {
      deploy: "20261125T093000Z-1",
      step: "approve",
      services: ["users"],
      sinceMs: NOW_MS - 61_000,
    } as const;
    const text = statusText({ ...status, lease: LEASE, running: { ...running, services: ["users"] }, ...RUN }, NOW_MS);
    assert.deepEqual(
      text.split("\n").slice(-4),
      [
        "Running: deploy users=v3 by me@here (pid 7 on here) since 2026-11-25 09:30 UTC",
        "Step: approve of users for 1 min; run 20261125T093000Z-1 (deploy users=v3)",
        "It waits for `npx aoshingo approve --stack prod 20261125T093000Z-1`.",
      ]
        .slice(-4)
        .toSpliced(0, 0, ""),
    );
  });

  it("says what is left to do, and that nothing may be deployed", () => {
    const frozen = { who: "me", sinceMs: 0, reason: "sale" };
    assert.deepEqual(
      statusText({ ...status, frozen, ...RUN }, NOW_MS)
        .split("\n")
        .slice(-4),
      [
        "No deploy is running.",
        "20261125T093000Z-1 (deploy users=v3) is not finished: `resume` goes on with it,",
        "  `abort` takes it back.",
        "Frozen by me since 1970-01-01 00:00 UTC: sale",
      ],
    );
  });

  it("names no `abort` where a first release is active: there is none to go back to", () => {
    const unfinishedRun = { ...RUN.unfinishedRun, canGoBack: false };
    assert.deepEqual(
      statusText({ ...status, ...RUN, unfinishedRun }, NOW_MS)
        .split("\n")
        .slice(-2),
      [
        "20261125T093000Z-1 (deploy users=v3) is not finished: `resume` goes on with it:",
        "  a first release is active, and there is none before it.",
      ],
    );
  });

  it("says of a run that is being taken back that `resume` does not lead it forward", () => {
    const unfinishedRun = { ...RUN.unfinishedRun, direction: "back" } as const;
    assert.deepEqual(
      statusText({ ...status, ...RUN, unfinishedRun }, NOW_MS)
        .split("\n")
        .slice(-2),
      ["20261125T093000Z-1 (deploy users=v3) is not finished: `resume` or `abort` goes", "  on taking it back."],
    );
  });

  it("names no `abort` for a rollback, and says which run the lease is of", () => {
    const unfinishedRun = { ...RUN.unfinishedRun, command: "rollback", asked: { users: "v1" } } as const;
    const rollback = { ...status, ...RUN, unfinishedRun };
    assert.deepEqual(statusText(rollback, NOW_MS).split("\n").slice(-2), [
      "20261125T093000Z-1 (rollback users=v1) is not finished: `resume` or `rollback`",
      "  goes on with it.",
    ]);
    const lease = { ...LEASE, holder: { ...LEASE.holder, what: "resume" } };
    assert.deepEqual(
      statusText({ ...rollback, lease }, NOW_MS)
        .split("\n")
        .slice(-2),
      [
        "Running: resume by me@here (pid 7 on here) since 2026-11-25 09:30 UTC",
        "Run: 20261125T093000Z-1 (rollback users=v1)",
      ],
    );
  });

  it("stays within 80 columns, whatever names people choose", () => {
    const service = "s".repeat(30);
    const state = live({ active: "blue", blue: ["v".repeat(128), 100], green: ["w".repeat(40), 100] }, { service });
    state.services[service]!.idleShare = 10;
    const wide = statusOf(state);
    wide.services[service]!.sinceMs = 0;
    for (const line of statusText(wide, NOW_MS).split("\n"))
      if (!line.includes("https://")) assert.isAtMost(line.length, 80, line);
  });
});
