import { expect } from "chai";
import fc from "fast-check";
import { callOrder, callsInOrder } from "../../../components/settings/call-order";

type Calls = Record<string, string[]>;

const services = (calls: Calls) =>
  Object.fromEntries(Object.entries(calls).map(([name, callees]) => [name, { calls: callees }]));

/** True if one service calls the other, directly or through others. */
function leadsTo(calls: Calls, from: string, to: string, seen = new Set<string>()): boolean {
  return (Object.hasOwn(calls, from) ? calls[from]! : []).some((callee) => {
    if (callee === to) return true;
    if (seen.has(callee)) return false;
    seen.add(callee);
    return leadsTo(calls, callee, to, seen);
  });
}

const NAMES = ["a", "b", "c", "constructor", "d", "e"];
const anyCalls: fc.Arbitrary<Calls> = fc.dictionary(
  fc.constantFrom(...NAMES),
  fc.array(fc.constantFrom(...NAMES, "gone"), { maxLength: 4 }),
  { maxKeys: NAMES.length, noNullPrototype: true },
);

describe("order of calls", () => {
  const table: [string, Calls, string[], Calls][] = [
    ["nothing", {}, [], {}],
    ["services without calls, by name", { b: [], a: [] }, ["a", "b"], { a: [], b: [] }],
    ["the callee first", { doodle: ["users"], users: [] }, ["users", "doodle"], { users: [], doodle: ["users"] }],
    ["a chain and a shortcut", { a: ["c", "b"], b: ["c"], c: [] }, ["c", "b", "a"], { a: ["b", "c"], b: ["c"], c: [] }],
    ["two that call each other", { a: ["b"], b: ["a"] }, ["b", "a"], { a: ["b"], b: [] }],
    [
      "a circle of three and one that calls into it",
      { a: ["b"], b: ["c"], c: ["a"], d: ["b"] },
      ["c", "b", "a", "d"],
      { a: ["b"], b: ["c"], c: [], d: ["b"] },
    ],
    ["calls to others than these", { doodle: ["users"] }, ["doodle"], { doodle: [] }],
    ["calls to itself", { a: ["a"] }, ["a"], { a: [] }],
  ];
  for (const [what, calls, order, kept] of table) {
    it(`of ${what}`, () => {
      expect(callOrder(services(calls))).to.deep.equal(order);
      expect(callsInOrder(services(calls))).to.deep.equal(kept);
    });
  }

  it("has every service once", () => {
    fc.assert(
      fc.property(anyCalls, (calls) => {
        expect(callOrder(services(calls)).sort()).to.deep.equal(Object.keys(calls).sort());
      }),
    );
  });

  it("puts every callee that does not call back before its caller", () => {
    fc.assert(
      fc.property(anyCalls, (calls) => {
        const order = callOrder(services(calls));
        for (const caller of order) {
          for (const callee of calls[caller]!.filter((name) => order.includes(name) && name !== caller)) {
            if (leadsTo(calls, callee, caller)) continue;
            expect(order.indexOf(callee)).to.be.below(order.indexOf(caller));
            expect(callsInOrder(services(calls))[caller]).to.include(callee);
          }
        }
      }),
    );
  });

  it("leaves out every circle", () => {
    fc.assert(
      fc.property(anyCalls, (calls) => {
        const kept = callsInOrder(services(calls));
        for (const name of Object.keys(kept)) expect(leadsTo(kept, name, name), name).to.equal(false);
      }),
    );
  });

  it("is the same however the settings are sorted", () => {
    fc.assert(
      fc.property(anyCalls, (calls) => {
        const turned = Object.fromEntries(
          Object.entries(calls)
            .reverse()
            .map(([name, callees]) => [name, [...callees].reverse()]),
        );
        expect(callOrder(services(turned))).to.deep.equal(callOrder(services(calls)));
      }),
    );
  });
});
