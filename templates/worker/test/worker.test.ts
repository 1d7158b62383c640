import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import type { Message } from "../job-queue";
import { Worker } from "../worker";

/** A queue that gives what it is told in turn, then lets who asks wait until that is given up. */
function queueOf(...turns: (string[] | Error)[]) {
  const deleted: string[] = [];
  let asked = 0;
  return {
    deleted,
    asked: () => asked,
    receive: async (signal: AbortSignal): Promise<Message[]> => {
      asked += 1;
      const turn = turns.shift();
      if (turn instanceof Error) throw turn;
      if (turn) return turn.map((body) => ({ body, receipt: body }));
      return sleep(60_000, [], { signal, ref: false });
    },
    delete: async ({ body }: Message) => void deleted.push(body),
  };
}

function logOf() {
  const lines: unknown[] = [];
  return { lines, log: (event: string, details: unknown) => void lines.push([event, details]) };
}

describe("Worker", () => {
  it("handles messages side by side and deletes them; keeps one that failed", async () => {
    const queue = queueOf(["j1", "bad", "j2"]);
    const { lines, log } = logOf();
    let atOnce = 0;
    let most = 0;
    const work = async (id: string) => {
      atOnce += 1;
      most = Math.max(most, atOnce);
      await sleep(5);
      atOnce -= 1;
      if (id === "bad") throw new TypeError("no such\nthing");
      if (id === "j2") worker.stop();
      return { id };
    };
    const worker = new Worker(queue, work, log);
    await worker.run();
    expect(most).to.equal(3);
    expect(queue.deleted).to.have.members(["j1", "j2"]);
    expect(lines).to.have.deep.members([
      ["jobDone", { id: "j1" }],
      ["jobDone", { id: "j2" }],
      ["jobFailed", { body: "bad", reason: "TypeError: no such" }],
    ]);
  });

  it("asks for no message after a stop, and does what comes to the question that it had asked", async () => {
    let give!: (messages: Message[]) => void;
    let asked = 0;
    const queue = {
      ...queueOf(),
      receive: () => {
        asked += 1;
        return new Promise<Message[]>((resolve) => {
          give = resolve;
        });
      },
    };
    const worker = new Worker(
      queue,
      async (id) => ({ id }),
      () => {},
    );
    const ended = worker.run();
    worker.stop();
    give([{ body: "late", receipt: "late" }]);
    await ended;
    expect(asked).to.equal(1);
    expect(queue.deleted).to.deep.equal(["late"]);
  });

  it("gives up a question without an answer 1 s after a stop", async () => {
    const worker = new Worker(
      queueOf(),
      async () => ({}),
      () => {},
    );
    const ended = worker.run();
    const startedAt = Date.now();
    worker.stop();
    await ended;
    // The queue would answer after a minute.
    expect(Date.now() - startedAt).to.be.within(900, 15_000);
  });

  it("goes on after a failure to receive, and ends after five in a row", async () => {
    const failure = new Error("not now");
    const queue = queueOf(failure, ["j1"], failure, failure, failure, failure, failure);
    const { lines, log } = logOf();
    const outcome = await new Worker(queue, async (id) => ({ id }), log).run().catch((error: Error) => error);
    expect(outcome).to.equal(failure);
    expect(queue.asked()).to.equal(7);
    expect(lines.filter((line) => (line as string[])[0] === "receiveFailed")).to.have.length(6);
    expect(queue.deleted).to.deep.equal(["j1"]);
  });
});
