import { assert } from "chai";
import { historyText, showText } from "../../../automation/output/history-text";
import type { HistoryRecord } from "../../../automation/store/history";

const IMAGE = `123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/aoshingo/prod/users@sha256:${"a".repeat(64)}`;
const STARTED_AT_MS = Date.UTC(2026, 10, 25, 9, 30);
const DONE: HistoryRecord = {
  deploy: "20261125T093000Z-7",
  command: "deploy",
  who: "me@here",
  commit: "0123456789abcdef0123456789abcdef01234567",
  startedAtMs: STARTED_AT_MS,
  endedAtMs: STARTED_AT_MS + 183_400,
  releases: { users: { name: "v2", image: IMAGE } },
  changes: { users: ["LOG_LEVEL changed", "DATABASE_URL version 3 -> 4"] },
  outcome: "done",
  why: "",
  reason: "",
  approved: null,
  wentBack: [],
  steps: [
    { step: "warm", services: ["users"], startedAtMs: STARTED_AT_MS, seconds: 61.04, ok: true, detail: "2 instances" },
    {
      step: "test",
      services: ["users"],
      startedAtMs: STARTED_AT_MS,
      seconds: 2,
      ok: false,
      detail: "exit 1\nno login",
    },
    { step: "drain", services: ["users"], startedAtMs: STARTED_AT_MS, seconds: null, ok: null, detail: "" },
  ],
};
const FAILED: HistoryRecord = {
  ...DONE,
  deploy: "20261125T103000Z-10",
  command: "rollback",
  commit: null,
  why: "logins fail",
  outcome: "takenBack",
  reason: `warm failed: ${"no capacity; ".repeat(9)}\nmore`,
};
const RUNNING: HistoryRecord = { ...DONE, outcome: null, endedAtMs: null };

describe("historyText", () => {
  it("lists each run with its outcome, duration, user, commit and reason, in 80 columns", () => {
    assert.deepEqual(historyText([FAILED, DONE]).split("\n"), [
      "RUN                  ENDED       TIME   WHAT",
      "20261125T103000Z-10  taken back  183 s  rollback users=v2",
      "  2026-11-25 09:30 UTC by me@here: logins fail",
      "  users: LOG_LEVEL changed, DATABASE_URL version 3 -> 4",
      "  warm failed: no capacity; no capacity; no capacity; no capacity; no capacity;…",
      "20261125T093000Z-7   done        183 s  deploy users=v2",
      "  2026-11-25 09:30 UTC by me@here, commit 0123456789ab",
      "  users: LOG_LEVEL changed, DATABASE_URL version 3 -> 4",
    ]);
  });

  it("shows an unfinished run, and says if there is no run", () => {
    assert.match(historyText([RUNNING]), /^20261125T093000Z-7 {2}not finished {2}- {5}deploy users=v2$/m);
    assert.match(
      historyText([{ ...DONE, outcome: "left" }]),
      /^20261125T093000Z-7 {2}not finished {2}183 s {2}deploy/m,
    );
    assert.equal(historyText([]), "No run yet.");
  });
});

describe("why a run went back", () => {
  const wentBack = [{ atMs: STARTED_AT_MS + 60_000, reason: "abort by you@there: v2 is worse" }];
  const LINE = "went back 2026-11-25 09:31 UTC: abort by you@there: v2 is worse";

  it("is a line of each run, and of one", () => {
    assert.include(historyText([{ ...DONE, outcome: "takenBack", wentBack }]).split("\n"), `  ${LINE}`);
    assert.include(showText({ ...DONE, outcome: "takenBack", wentBack }).split("\n"), LINE);
  });

  it("is not said twice where the failure says it", () => {
    const reason = `verify failed: ${wentBack[0]!.reason}; production is untouched`;
    assert.notInclude(historyText([{ ...DONE, outcome: "takenBack", reason, wentBack }]), "went back");
  });
});

describe("showText", () => {
  it("shows each step with its time and details", () => {
    assert.deepEqual(showText(DONE).split("\n"), [
      "20261125T093000Z-7  deploy users=v2",
      "2026-11-25 09:30 UTC by me@here, commit 0123456789ab",
      "done, 183 s",
      "",
      "✓  warm   users  61.0 s  2 instances",
      "✗  test   users  2.0 s   exit 1",
      "    no login",
      "?  drain  users  -",
      `users v2 is ${IMAGE}`,
      "users: LOG_LEVEL changed, DATABASE_URL version 3 -> 4",
    ]);
  });
});

describe("showText with long lines", () => {
  const detail =
    `users-test.example.jp answers from v2, ${"2 of 2 green targets healthy with its digest, ".repeat(3)}`.trim();
  const step = (services: string[]) => ({ ...DONE.steps[0]!, services, detail });

  it("wraps details at 80 columns, beside the step or below it", () => {
    const many = ["users", "doodle", "mailer", "billing", "search", "upload"];
    for (const services of [["users"], many]) {
      const text = showText({ ...DONE, reason: "no capacity; ".repeat(20), steps: [step(services)] });
      for (const line of text.split("\n")) if (!line.includes("@sha256:")) assert.isAtMost(line.length, 80, line);
      assert.include(text.replaceAll(/\s+/g, " "), detail.replaceAll(/\s+/g, " "));
    }
  });

  it("shows who approved the run, and when", () => {
    const approved = { who: "boss@phone", atMs: STARTED_AT_MS };
    assert.include(showText({ ...DONE, approved }), "\napproved 2026-11-25 09:30 UTC by boss@phone\n");
    assert.include(historyText([{ ...DONE, approved }]), "\n  approved 2026-11-25 09:30 UTC by boss@phone");
  });
});
