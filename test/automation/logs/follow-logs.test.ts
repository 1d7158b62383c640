import { assert } from "chai";
import { followLogs, type LogQuery } from "../../../automation/logs/follow-logs";
import { isWanted, type LogFilter, type LogLine, logLine } from "../../../automation/logs/log-line";
import { isOfEarlierDay, logText } from "../../../automation/logs/log-text";
import type { LogChoice, LogEvent } from "../../../automation/ports/log-reader";
import { FakeClock } from "../deploy/scene";

const T0 = Date.parse("2026-11-25T09:30:00Z");
const ALL: LogFilter = { colour: null, release: null, container: null, grep: null };

function event(id: string, seconds: number, stream = "green/v2/users/t1", message = `line ${id}\n`): LogEvent {
  return { id, atMs: T0 + seconds * 1000, stream, message };
}

describe("the lines of a service's log", () => {
  for (const [stream, expected] of [
    ["green/v2/users/t1", { colour: "green", release: "v2", container: "users", task: "t1" }],
    ["blue/v2+1/users/t1", { colour: "blue", release: "v2+1", container: "users", task: "t1" }],
    ["blue/users/t1", { colour: "blue", release: null, container: "users", task: "t1" }],
    ["green-migrate/users/t1", { colour: "green", release: "migrate", container: "users", task: "t1" }],
    ["green/v2/agent/t1", { colour: "green", release: "v2", container: "agent", task: "t1" }],
    ["something/else", null],
  ] as const)
    it(`of ${stream} are ${JSON.stringify(expected)}`, () => {
      const line = logLine(event("1", 0, stream));
      assert.deepEqual(line, expected && { ...expected, atMs: T0, message: "line 1" });
    });

  for (const [filter, expected] of [
    [{}, ["1", "2", "3"]],
    [{ colour: "blue" }, ["1"]],
    [{ release: "v2" }, ["2"]],
    [{ release: "sha256:ab" }, ["3"]],
    [{ grep: /line [23]/ }, ["2", "3"]],
    [{ grep: /3/, colour: "blue" }, []],
    [{ container: "users" }, ["2"]],
    [{ container: "u" }, ["1", "3"]],
  ] as const)
    it(`wanted by ${JSON.stringify(filter)} are ${expected.join(", ") || "none"}`, () => {
      const events = [event("1", 0, "blue/v1/u/t"), event("2", 1), event("3", 2, "green/sha256-ab/u/t")];
      const wanted = events.filter((one) => isWanted(logLine(one)!, { ...ALL, ...filter }));
      assert.deepEqual(
        wanted.map(({ id }) => id),
        [...expected],
      );
    });

  it("have time, colour and release before them, and a sidecar its name", () => {
    const shown = { service: "users", hasDate: false, isTTY: false };
    assert.equal(logText(logLine(event("1", 1))!, shown), "09:30:01 green v2       line 1");
    assert.equal(logText(logLine(event("1", 1, "blue/users/t"))!, shown), "09:30:01 blue           line 1");
    const agent = logLine(event("1", 1, "green/v2/agent/t1"))!;
    assert.equal(logText(agent, shown), "09:30:01 green v2       agent: line 1");
    assert.equal(logText(agent, { ...shown, hasDate: true }), "2026-11-25 09:30:01 green v2       agent: line 1");
  });

  const now = Date.UTC(2026, 10, 25, 0, 5);
  for (const [minutes, isIts] of [
    [5, false],
    [6, true],
    [60 * 24, true],
  ] as const)
    it(`of ${minutes} min ago, at 00:05, are ${isIts ? "" : "not "}of an earlier day`, () =>
      assert.equal(isOfEarlierDay(now - minutes * 60_000, now), isIts));
});

describe("followLogs", () => {
  const written: LogLine[] = [];
  const warnings: string[] = [];
  beforeEach(() => {
    written.length = 0;
    warnings.length = 0;
  });
  const query: LogQuery = { logGroup: "/users", fromMs: T0, follow: true, filter: ALL };

  /** Each read sees one more of these batches, from the asked instant on. */
  async function follow(batches: (LogEvent[] | Error)[], asked: Partial<LogQuery> = {}): Promise<number[]> {
    const froms: number[] = [];
    const stop = new AbortController();
    const reader = {
      events: async (_: string, fromMs: number) => {
        froms.push(fromMs);
        if (froms.length === batches.length) stop.abort(new Error("enough"));
        const batch = batches[froms.length - 1];
        if (batch instanceof Error) throw batch;
        const seen = batches.slice(0, froms.length).flatMap((one) => (one instanceof Error ? [] : one));
        return seen.filter(({ atMs }) => atMs >= fromMs).sort((one, two) => one.atMs - two.atMs);
      },
    };
    const tools = {
      reader,
      clock: new FakeClock(),
      signal: stop.signal,
      write: (line: LogLine) => void written.push(line),
      warn: (text: string) => void warnings.push(text),
    };
    await followLogs({ ...query, ...asked }, tools).catch((error: Error) => assert.equal(error.message, "enough"));
    return froms;
  }
  const messages = () => written.map(({ message }) => message);

  it("reads once and ends", async () => {
    assert.lengthOf(await follow([[event("1", 0)], [event("2", 1)]], { follow: false }), 1);
    assert.deepEqual(messages(), ["line 1"]);
  });

  it("writes each line once, also those that become readable after later ones", async () => {
    const froms = await follow([[event("1", 0), event("3", 60)], [], [event("2", 50)], [event("4", 61)]]);
    assert.deepEqual(messages(), ["line 1", "line 3", "line 2", "line 4"]);
    assert.deepEqual(
      froms.slice(1),
      [45, 45, 45].map((seconds) => T0 + seconds * 1000),
    );
  });

  const throttled = Object.assign(new Error("Rate exceeded"), { name: "ThrottlingException" });

  it("goes on where it was after a read that AWS does not answer, and says so", async () => {
    const froms = await follow([[event("1", 0), event("2", 60)], throttled, throttled, [event("3", 61)]]);
    assert.deepEqual(messages(), ["line 1", "line 2", "line 3"]);
    assert.deepEqual(
      froms.slice(1),
      [45, 45, 45].map((seconds) => T0 + seconds * 1000),
    );
    assert.deepEqual(warnings, Array(2).fill("AWS does not answer: Rate exceeded; trying again"));
  });

  it("ends with what will not be gone at the next try, and with any error where it reads once", async () => {
    const failure = async (error: Error, asked: Partial<LogQuery> = {}) =>
      follow([error], asked).then(
        () => "nothing",
        ({ message }: Error) => message,
      );
    const message = /^expected 'Rate exceeded' to equal 'enough'$/;
    assert.match(await failure(throttled, { follow: false }), message);
    const denied = Object.assign(new Error("no"), { name: "AccessDeniedException" });
    assert.match(await failure(denied), /^expected 'no' to equal 'enough'$/);
  });

  it("stops while it reads", async () => {
    const stop = new AbortController();
    const reader = {
      events: (_: string, __: number, { signal }: LogChoice = {}) =>
        new Promise<never>((_resolve, reject) => signal!.addEventListener("abort", () => reject(signal!.reason))),
    };
    const tools = {
      reader,
      clock: new FakeClock(),
      signal: stop.signal,
      write: () => assert.fail(),
      warn: () => assert.fail(),
    };
    const followed = followLogs(query, tools).catch(({ message }: Error) => message);
    stop.abort(new Error("enough"));
    assert.equal(await followed, "enough");
  });

  it("goes on from where it began while nothing is written", async () => {
    assert.deepEqual(await follow([[], [], []]), [T0, T0, T0]);
  });
});
