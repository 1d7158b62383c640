import { expect } from "chai";
import { UserError } from "../../../../components/core/user-error";
import { FAULT_KINDS, parseFault } from "../../../../rehearsal/cloud/faults/fault";
import { testContext } from "../services/elb/model/scene";

describe("rehearsal/cloud/faults/fault", () => {
  it("fills in defaults, and takes numbers from a command's text", () => {
    expect(parseFault({ kind: "failRule", nth: "2", when: "after" })).to.deep.equal({
      kind: "failRule",
      parameters: { nth: 2, count: 1, when: "after" },
    });
    expect(parseFault({ kind: "errorsAfter", share: 0.5 }).parameters).to.deep.equal({
      share: 0.5,
      afterSeconds: 0,
      since: "start",
    });
  });

  const bad: [request: { kind: string; [key: string]: unknown }, message: string][] = [
    [{ kind: "gremlin" }, `there is no fault "gremlin"; wanted one of ${FAULT_KINDS.join(", ")}`],
    [{ kind: "throttle", cuont: "3" }, "fault throttle: no parameter cuont; it has operation, count, forSeconds"],
    [{ kind: "throttle", count: "no" }, 'fault throttle: count: wanted a whole number from 1, given "no"'],
    [{ kind: "throttle", count: "0" }, 'fault throttle: count: wanted a whole number from 1, given "0"'],
    [{ kind: "dropZone" }, "fault dropZone: zone: wanted a text that is not empty, given nothing"],
    [
      { kind: "errorsAfter", share: 2, colour: "red" },
      'fault errorsAfter: share: wanted a share above 0 and up to 1, such as 0.05, given 2; colour: wanted blue or green, given "red"',
    ],
  ];
  for (const [request, message] of bad) {
    it(`refuses ${JSON.stringify(request)}`, () => expect(() => parseFault(request)).to.throw(UserError, message));
  }

  it("refuses an operation of a service that signs with another name", () => {
    expect(() => parseFault({ kind: "throttle", operation: "elbv2:ModifyRule" })).to.throw(
      /^fault throttle: operation: wanted \*, SERVICE:\* or SERVICE:Operation; services are acm, .*given "elbv2:ModifyRule"$/,
    );
  });
});

describe("rehearsal/cloud/faults/faults", () => {
  const context = testContext(1000);
  const { faults } = context;
  afterEach(() => {
    faults.clear();
    context.events.length = 0;
  });
  const strike = (where: string) => faults.strike("failRule", () => true, where) !== undefined;

  it("strikes from the n-th on, so often, and then is off by itself; every strike is an event", () => {
    faults.add({ kind: "failRule", nth: 2, count: 2 });
    expect(["a", "b", "c", "d"].map(strike)).to.deep.equal([false, true, true, false]);
    expect(faults.list()).to.deep.equal([]);
    expect(context.events.map((event) => event.kind === "fault" && [event.state, event.detail])).to.deep.equal([
      ["on", "nth=2 count=2 when=before"],
      ["struck", "b"],
      ["struck", "c"],
      ["off", "2 strike(s)"],
    ]);
  });

  it("ends after its time", async () => {
    faults.add({ kind: "failRule", count: 9, forSeconds: 5 });
    expect(strike("a")).to.equal(true);
    await new Promise<void>((resolve) => {
      const unsubscribe = faults.onChange(() => {
        queueMicrotask(() => unsubscribe());
        resolve();
      });
    });
    expect(strike("b")).to.equal(false);
  });

  it("is cleared by id, or all at once; an unknown id is said", () => {
    const { id } = faults.add({ kind: "failRule", count: 3 });
    faults.add({ kind: "throttle" });
    expect(() => faults.clear("f99")).to.throw(UserError, /^there is no fault f99; switched on are f\d+, f\d+$/);
    expect(faults.clear(id).map((fault) => fault.id)).to.deep.equal([id]);
    expect(faults.clear().map(({ kind }) => kind)).to.deep.equal(["throttle"]);
    expect(faults.list()).to.deep.equal([]);
  });
});
