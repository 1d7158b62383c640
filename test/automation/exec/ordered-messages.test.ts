import { expect } from "chai";
import { decodeMessage, encodeMessage, MESSAGE, PAYLOAD } from "../../../automation/exec/agent-message";
import { OrderedMessages } from "../../../automation/exec/ordered-messages";

/** Two ends, with what is on the way between them. */
class Line {
  now = 0;
  readonly toAgent: Buffer[] = [];
  readonly toClient: Buffer[] = [];
  readonly received: string[] = [];
  readonly client = new OrderedMessages({
    sends: MESSAGE.input,
    send: (bytes) => this.toAgent.push(bytes),
    receive: ({ payload }) => this.received.push(`client ${payload}`),
    now: () => this.now,
  });
  readonly agent = new OrderedMessages({
    sends: MESSAGE.output,
    send: (bytes) => this.toClient.push(bytes),
    receive: ({ payload }) => this.received.push(`agent ${payload}`),
    now: () => this.now,
  });

  deliver(): void {
    for (const bytes of this.toAgent.splice(0)) this.agent.receive(bytes);
    for (const bytes of this.toClient.splice(0)) this.client.receive(bytes);
  }
}

describe("automation/exec/ordered-messages", () => {
  let line: Line;
  const type = (text: string) => line.client.send(PAYLOAD.data, Buffer.from(text));

  beforeEach(() => {
    line = new Line();
  });

  it("hand messages on in their order, whatever the order in which they come, and each once", () => {
    for (const text of ["a", "b", "c"]) type(text);
    const [a, b, c] = line.toAgent.splice(0);
    for (const bytes of [c!, a!, a!, b!, c!]) line.agent.receive(bytes);
    expect(line.received).to.deep.equal(["agent a", "agent b", "agent c"]);
  });

  it("acknowledge what came, so that nothing is pending any more", () => {
    type("a");
    line.agent.send(PAYLOAD.data, Buffer.from("b"));
    expect([line.client.pending, line.agent.pending]).to.deep.equal([1, 1]);
    line.deliver();
    line.deliver();
    expect([line.client.pending, line.agent.pending]).to.deep.equal([0, 0]);
    expect(line.received).to.deep.equal(["agent a", "client b"]);
  });

  it("send again what is not acknowledged in time, the oldest first", () => {
    type("a");
    type("b");
    line.toAgent.shift();
    line.deliver();
    expect(line.received).to.deep.equal([]);
    line.now = 999;
    line.client.resend();
    expect(line.toAgent).to.deep.equal([]);
    line.now = 1_000;
    line.client.resend();
    line.client.resend();
    expect(line.toAgent.map((bytes) => decodeMessage(bytes).sequence)).to.deep.equal([0]);
    line.deliver();
    expect(line.received).to.deep.equal(["agent a", "agent b"]);
    expect(line.client.pending).to.equal(0);
  });

  it("let a sender wait until enough has been acknowledged, or the line is closed", async () => {
    const told: string[] = [];
    await line.client.untilPending(0);
    type("a");
    type("b");
    const one = line.client.untilPending(1).then(() => told.push("one"));
    const none = line.client.untilPending(0).then(() => told.push("none"));
    line.agent.receive(line.toAgent.shift()!);
    line.deliver();
    await one;
    expect(told[0]).to.equal("one");
    line.deliver();
    await none;
    type("c");
    const closed = line.client.untilPending(0);
    line.client.close();
    await closed;
    expect(line.client.pending).to.equal(1);
  });

  it("split what is larger than a message", () => {
    const text = "0123456789".repeat(250);
    type(text);
    expect(line.toAgent.map((bytes) => decodeMessage(bytes).payload.length)).to.deep.equal([1024, 1024, 452]);
    line.deliver();
    expect(line.received.map((part) => part.replace("agent ", "")).join("")).to.equal(text);
  });

  it("hand a message that has no order on at once", () => {
    const closed = { type: MESSAGE.closed, sequence: 0, payloadType: PAYLOAD.none, payload: Buffer.from("end") };
    line.client.receive(encodeMessage(closed, 0));
    expect(line.received).to.deep.equal(["client end"]);
    expect(line.toAgent).to.deep.equal([]);
  });
});
