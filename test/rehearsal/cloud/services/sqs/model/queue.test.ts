import { expect } from "chai";
import fc from "fast-check";
import type { Queue } from "../../../../../../rehearsal/cloud/services/sqs/model/queue";
import { Sqs } from "../../../../../../rehearsal/cloud/services/sqs/model/sqs";
import { silentCloud } from "../../../silent-cloud";

const SETTINGS = {
  delaySeconds: 0,
  maxMessageSize: 262_144,
  messageRetentionSeconds: 345_600,
  receiveWaitTimeSeconds: 0,
  visibilityTimeoutSeconds: 43_200,
  sqsManagedSseEnabled: true,
  redrivePolicy: null,
};
const NEVER = new AbortController().signal;

function queues(maxReceiveCount: number, speed = 1): { sqs: Sqs; queue: Queue; deadLetters: Queue } {
  const sqs = new Sqs(silentCloud(speed), () => "http://127.0.0.1");
  const deadLetters = sqs.create("dead", SETTINGS, null);
  const redrivePolicy = JSON.stringify({ deadLetterTargetArn: deadLetters.arn, maxReceiveCount });
  return { sqs, deadLetters, queue: sqs.create("jobs", { ...SETTINGS, redrivePolicy }, null) };
}

const send = (queue: Queue, body: string, delaySeconds?: number) =>
  queue.send({ body, attributes: {}, senderId: "me", delaySeconds });

describe("rehearsal/cloud/services/sqs/model/queue", () => {
  type Action = { kind: "send" | "receive" | "delete" | "return" | "deleteOld"; which: number };
  const actions = fc.array(
    fc.record<Action>({
      kind: fc.constantFrom("send", "receive", "delete", "return", "deleteOld"),
      which: fc.nat({ max: 20 }),
    }),
    { maxLength: 60 },
  );

  it("never loses a message, delivers none twice at the same time, and moves none to the dead-letter queue too early", async () => {
    await fc.assert(
      fc.asyncProperty(actions, fc.integer({ min: 1, max: 3 }), async (steps, maxReceiveCount) => {
        const { sqs, queue, deadLetters } = queues(maxReceiveCount);
        const held = new Map<string, string>();
        const oldHandles: string[] = [];
        const receives = new Map<string, number>();
        let sent = 0;
        let deleted = 0;
        for (const { kind, which } of steps) {
          const [id, handle] = [...held][which % Math.max(held.size, 1)] ?? [];
          if (kind === "send") {
            send(queue, `job ${++sent}`);
          } else if (kind === "receive") {
            const received = await queue.receive({ maxMessages: (which % 10) + 1 }, NEVER);
            for (const { message, receiptHandle } of received) {
              expect(held.has(message.id), "in flight").to.equal(false);
              held.set(message.id, receiptHandle);
              receives.set(message.id, (receives.get(message.id) ?? 0) + 1);
              expect(message.receiveCount).to.equal(receives.get(message.id)).and.to.be.at.most(maxReceiveCount);
            }
          } else if (kind === "deleteOld") {
            for (const old of oldHandles) queue.delete(old);
          } else if (id !== undefined) {
            held.delete(id);
            if (kind === "delete") {
              queue.delete(handle!);
              deleted += 1;
            } else {
              queue.changeVisibility(handle!, 0);
              // Until it is received again the handle is the last one, and may delete it.
              if (receives.get(id)! > 1) oldHandles.push(Buffer.from(`${id} 1`).toString("base64"));
            }
          }
          const { ready, inFlight, delayed } = queue.counts;
          expect(inFlight).to.equal(held.size);
          expect(ready + inFlight + delayed + deleted + deadLetters.counts.ready).to.equal(sent);
        }
        sqs.close();
      }),
    );
  });

  it("serves waiting requests in the order of their arrival, one message each", async () => {
    const { sqs, queue } = queues(5);
    const polls = [1, 2, 3].map(() => queue.receive({ maxMessages: 10 }, NEVER, 20));
    for (const body of ["a", "b", "c"]) send(queue, body);
    const received = await Promise.all(polls);
    expect(received.map((messages) => messages.map(({ message }) => message.body))).to.deep.equal([
      ["a"],
      ["b"],
      ["c"],
    ]);
    sqs.close();
  });

  it("does not deliver a delayed message before its delay is over", async () => {
    const { sqs, queue } = queues(5, 100);
    send(queue, "later", 10);
    expect(queue.counts).to.deep.equal({ ready: 0, inFlight: 0, delayed: 1 });
    expect(await queue.receive({ maxMessages: 1 }, NEVER)).to.deep.equal([]);
    const [received] = await queue.receive({ maxMessages: 1 }, NEVER, 20);
    expect(received!.message.body).to.equal("later");
    sqs.close();
  });

  it("deletes a message after its retention period", async () => {
    const { sqs, queue } = queues(5, 10_000);
    queue.settings = { ...queue.settings, messageRetentionSeconds: 60 };
    send(queue, "old");
    await sqs.context.clock.sleep(80);
    expect(queue.counts.ready).to.equal(0);
    expect(await queue.receive({ maxMessages: 1 }, NEVER)).to.deep.equal([]);
    sqs.close();
  });

  it("answers waiting requests with an error when it is deleted", async () => {
    const { sqs, queue } = queues(5);
    const polling = queue.receive({ maxMessages: 1 }, NEVER, 20).catch((error: unknown) => error);
    sqs.delete(sqs.urlOf(queue));
    expect(await polling).to.include({ code: "QueueDoesNotExist" });
    sqs.close();
  });
});
