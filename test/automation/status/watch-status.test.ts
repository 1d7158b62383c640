import { stripVTControlCharacters } from "node:util";
import { assert } from "chai";
import type { Status } from "../../../automation/status/status";
import { statusText } from "../../../automation/status/status-text";
import { watchStatus } from "../../../automation/status/watch-status";
import { UserError } from "../../../components/core/user-error";
import { FakeClock } from "../deploy/scene";
import { live, together } from "../deploy/worlds";
import { statusOf } from "./samples";

const START = statusOf(live({ active: "blue", blue: ["v1", 2], green: null }));
const WARM = statusOf(live({ active: "blue", blue: ["v1", 2], green: ["v2", 2] }));

describe("watching the status", () => {
  /** What it wrote on the error stream. */
  let problems: string[] = [];
  beforeEach(() => {
    problems = [];
  });

  /** What it wrote while it saw these, one after the other. */
  async function watched(seen: (Status | Error)[], { json = false, isTTY = false, rows = 0 } = {}): Promise<string[]> {
    const written: string[] = [];
    const stop = new AbortController();
    const left = [...seen];
    const readStatus = async () => {
      const next = left.shift()!;
      if (left.length === 0) queueMicrotask(() => queueMicrotask(() => stop.abort()));
      if (next instanceof Error) throw next;
      return next;
    };
    const clock = new FakeClock();
    clock.onSlept = () => {
      if (left.length === 0) stop.abort();
    };
    const write = (text: string) => text !== "" && written.push(text);
    const errorStream = { write: (text: string) => problems.push(text) };
    const stream = { isTTY, columns: 80, rows, write };
    await watchStatus({ readStatus, clock, signal: stop.signal, json, stream, errorStream });
    return written;
  }

  it("in a pipe shows all of it once, then what changes, each line with its time", async () => {
    const [first, ...lines] = await watched([START, START, WARM, WARM]);
    assert.match(first!, /^SERVICE/);
    assert.notInclude(first, "\u001b");
    assert.lengthOf(lines, 1);
    assert.match(
      lines[0]!,
      /^\d\d:\d\d:\d\d {2}users green: nothing at 0 -> v2 at 2\n\d\d:\d\d:\d\d {2}users green healthy: - -> 2 of 2\n$/,
    );
  });

  it("on a terminal draws over what was there", async () => {
    const [first, second] = await watched([START, WARM], { isTTY: true });
    assert.isTrue(first!.startsWith("\u001b[2J\u001b[H"));
    assert.isTrue(second!.startsWith("\u001b[H"));
    assert.match(second!, /v2 +2 +2 of 2/);
    assert.include(second, "Ctrl-C ends it");
  });

  describe("on a terminal with fewer rows than the status has lines", () => {
    const services = Array.from({ length: 50 }, (_, index) =>
      live({ active: "blue", blue: ["v1", 2], green: null }, { service: `s${index}` }),
    );
    const many = statusOf(services.reduce((all, one) => together(all, one)));
    many.services.s49!.health.blue = { healthy: 0, wanted: 2, faults: ["target i-1 is unhealthy: Target.Timeout"] };

    const WHOLE = statusText(many, 0).split("\n").length;

    for (const rows of [24, 60])
      it(`shows the run, the problems and the first services on ${rows} rows`, async () => {
        const [drawn] = await watched([many], { isTTY: true, rows });
        const lines = stripVTControlCharacters(drawn!).split("\n");
        assert.lengthOf(lines, rows, "the last row is the cursor's");
        assert.deepEqual(
          lines.slice(0, 6).map((line) => line.trim().split(/ +/).slice(0, 3).join(" ")),
          ["No deploy is", "", "! s49 blue:", "", "SERVICE COLOUR RELEASE", "s0 blue active"],
        );
        assert.equal(lines[rows - 4], `… ${WHOLE - (rows - 4)} more lines: without --watch all are shown`);
        assert.match(lines[rows - 2]!, /Ctrl-C ends it$/);
      });

    it("counts the rows that a long line takes", async () => {
      const long = structuredClone(many);
      long.services.s49!.health.blue = { healthy: 0, wanted: 2, faults: ["x".repeat(800)] };
      const [drawn] = await watched([long], { isTTY: true, rows: 24 });
      assert.isBelow(drawn!.split("\n").length, 16);
    });

    it("shows all of it where that fits, or where nobody knows how many rows there are", async () => {
      for (const rows of [0, 300]) {
        const [drawn] = await watched([many], { isTTY: true, rows });
        assert.match(drawn!, /^\S*SERVICE/);
        assert.notInclude(drawn, "more lines");
      }
    });
  });

  it("as JSON prints an object a line, when anything is another", async () => {
    const lines = await watched([START, START, WARM], { json: true });
    assert.deepEqual(
      lines.map((line) => JSON.parse(line) as Status),
      [START, WARM],
    );
  });

  it("as JSON says on the error stream what could not be read", async () => {
    const lines = await watched([START, new UserError("the backend does not answer"), WARM], { json: true });
    assert.lengthOf(lines, 2);
    assert.match(problems.join(""), /^\d\d:\d\d:\d\d {2}the backend does not answer\n$/);
  });

  it("goes on after a look that failed, but not after the first", async () => {
    const lines = await watched([START, new UserError("the backend does not answer"), WARM]);
    assert.match(lines[1]!, /^\d\d:\d\d:\d\d {2}the backend does not answer\n$/);
    assert.lengthOf(lines, 3);
    const error = await watched([new UserError("no such stack"), START]).catch((error: Error) => error);
    assert.equal((error as Error).message, "no such stack");
  });
});
