import { expect } from "chai";
import { UserError } from "../../../../components/core/user-error";
import { testContext } from "../services/elb/model/scene";

describe("rehearsal/cloud/kernel/faults", () => {
  const context = testContext(1000);
  const { faults } = context;
  afterEach(() => {
    faults.clear();
    context.events.length = 0;
  });
  const inject = (where: string) => faults.inject("failRule", () => true, where) !== undefined;

  it("is injected from the n-th on, so often, and then is off by itself; every injection is an event", () => {
    faults.add({ kind: "failRule", nth: 2, count: 2 });
    expect(["a", "b", "c", "d"].map(inject)).to.deep.equal([false, true, true, false]);
    expect(faults.list()).to.deep.equal([]);
    expect(context.events.map((event) => event.kind === "fault" && [event.state, event.detail])).to.deep.equal([
      ["on", "nth=2 count=2 when=before"],
      ["injected", "b"],
      ["injected", "c"],
      ["off", "2 injection(s)"],
    ]);
  });

  it("ends after its time", async () => {
    faults.add({ kind: "failRule", count: 9, forSeconds: 5 });
    expect(inject("a")).to.equal(true);
    await new Promise<void>((resolve) => {
      const unsubscribe = faults.onChange(() => {
        queueMicrotask(() => unsubscribe());
        resolve();
      });
    });
    expect(inject("b")).to.equal(false);
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
