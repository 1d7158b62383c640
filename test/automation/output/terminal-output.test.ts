import { assert } from "chai";
import { jsonOutput, terminalOutput } from "../../../automation/output/terminal-output";
import type { DeployEvent } from "../../../automation/ports/events";

const EVENTS: DeployEvent[] = [
  {
    ...{ type: "deployStarted", atMs: 0, deploy: "1", stack: "prod", releases: { users: "v2" } },
    ...{ command: "deploy", opened: "deploy", direction: "forward" },
  },
  {
    type: "planned",
    atMs: 0,
    steps: (["preflight", "warm", "migrate", "verify", "test", "ramp", "cutover", "retire"] as const).map((step) => ({
      step,
      title: step,
      services: ["users"],
      expectedSeconds: 75,
      ...(step === "ramp" ? { share: 10 } : {}),
    })),
  },
  { type: "stepStarted", atMs: 0, step: "warm", title: "Warm the idle colour with the new release" },
  { type: "progress", atMs: 200, step: "warm", message: `1 done; ${"update ".repeat(30)}` },
  { type: "progress", atMs: 250, step: "warm", message: "too soon" },
  { type: "progress", atMs: 12_000, step: "warm", message: "2 done" },
  { type: "up", atMs: 13_000, step: "warm", serial: 6, seconds: 13, waitedSeconds: 9, changes: {}, resources: [] },
  { type: "stepEnded", atMs: 13_000, step: "warm", ok: false, detail: "no capacity\nsold out" },
  { type: "rollbackStarted", atMs: 13_000, reason: "no capacity" },
  {
    type: "deployEnded",
    atMs: 14_000,
    ok: false,
    totalSeconds: 14,
    failedStep: "warm",
    reason: "warm failed: no capacity",
    outcome: "takenBack",
    active: { users: "blue" },
  },
];

function shown(
  output: typeof terminalOutput,
  stream: { isTTY?: boolean; columns?: number } = {},
  events: readonly DeployEvent[] = EVENTS,
): string {
  let text = "";
  const write = (chunk: string) => {
    text += chunk;
    return true;
  };
  const emit = output({ ...stream, write } as NodeJS.WriteStream);
  for (const event of events) emit(event);
  return text;
}

const ESCAPE = "\u001b";

describe("terminalOutput", () => {
  it("repeats the same notice at most every ten seconds, and prints another one at once", () => {
    const notice = (atMs: number, message: string) => ({ type: "notice" as const, atMs, message });
    const events = [
      notice(0, "stop requested"),
      ...[0, 500, 9_900, 10_000].map((atMs) => notice(atMs, "waiting")),
      notice(10_500, "it was taken back"),
    ];
    assert.equal(shown(terminalOutput, {}, events), "stop requested\nwaiting\nwaiting\nit was taken back\n");
  });

  it("says at the end until when old colours are kept warm", () => {
    const ended = (warm?: object) => ({
      ...{ type: "deployEnded" as const, atMs: 0, ok: true, totalSeconds: 360.2, failedStep: null, reason: "" },
      ...{ outcome: "done" as const, active: { users: "green", doodle: "green" }, ...(warm ? { warm } : {}) },
    });
    const untilMs = Date.UTC(2026, 10, 28, 14, 32, 59);
    const users = { colour: "blue", untilMs };
    const doodle = { colour: "blue", untilMs: untilMs + 60_000 };
    const line = (warm?: object) => shown(terminalOutput, {}, [ended(warm) as DeployEvent]);
    assert.equal(line(), "Done in 360.2 s. Active: users green, doodle green\n");
    assert.equal(
      line({ users, doodle }),
      "Done in 360.2 s. Active: users green, doodle green; until 2026-11-28 14:32 UTC the way back takes seconds (users blue, doodle blue stay warm)\n",
    );
    assert.include(line({ users }), "(users blue stays warm)");
  });

  it("says at the end of a run that failed what has production, and whether something is left", () => {
    const failed = { ...EVENTS.at(-1)!, production: "users v1 (blue)" } as DeployEvent;
    const line = (more: object) => shown(terminalOutput, {}, [{ ...failed, ...more } as DeployEvent]);
    assert.equal(
      line({}),
      "Failed: warm failed: no capacity. In production: users v1 (blue); nothing is left to resume or abort\n",
    );
    assert.equal(
      line({ outcome: "left", reason: "disk full: `resume` goes on" }),
      "Failed: disk full: `resume` goes on. In production: users v1 (blue)\n",
    );
  });

  it("without a terminal prints steps and occasional progress", () => {
    const text = shown(terminalOutput);
    assert.notInclude(text, ESCAPE);
    assert.notInclude(text, "\r");
    assert.deepEqual(text.split("\n"), [
      "Deploy users=v2 to prod",
      "Will preflight 1 min 15 s, warm 1 min 15 s, migrate 1 min 15 s,",
      "     verify 1 min 15 s, test 1 min 15 s, ramp 10 % 1 min 15 s,",
      "     cutover 1 min 15 s, retire 1 min 15 s: about 10 min",
      "● Warm the idle colour with the new release",
      "  12 s  2 done",
      "  ✗ 13.0 s  no capacity",
      "      sold out",
      "↩ Going back: no capacity",
      "Failed: warm failed: no capacity",
      "",
    ]);
  });

  it("on a terminal redraws one line, within the terminal's width", () => {
    const text = shown(terminalOutput, { isTTY: true, columns: 60 });
    const redrawn = text.split(`\r${ESCAPE}[K`).filter((part) => /done/.test(part));
    assert.lengthOf(redrawn, 2);
    for (const part of redrawn) assert.isBelow(part.replaceAll(new RegExp(`${ESCAPE}\\[\\d+m`, "g"), "").length, 60);
    assert.notInclude(text, "too soon");
  });
});

describe("jsonOutput", () => {
  it("prints one event per line, the first with the version of the format", () => {
    const [first, ...lines] = shown(jsonOutput).trimEnd().split("\n");
    assert.deepEqual(JSON.parse(first!), { version: 2, ...EVENTS[0] });
    assert.deepEqual(
      lines.map((line) => JSON.parse(line)),
      EVENTS.slice(1),
    );
  });
});
