import { expect } from "chai";
import {
  type Allowed,
  type Answer,
  differenceOf,
  incompatibilityOf,
  valuesOf,
  varyingPaths,
} from "../../../rehearsal/prove/answers";

const answer = (status: number, body: unknown = {}): Answer => ({
  status,
  shown: String(status),
  values: valuesOf(body, new Map()),
});
const ann = answer(200, { name: "Ann" });

describe("differenceOf", () => {
  const cases: Record<string, [Answer, Partial<Allowed>, string | null]> = {
    "the same answer": [ann, { own: ann }, null],
    "a failure": [answer(500), { own: ann }, "500 (alone: 200)"],
    "a failure that the release has alone, too": [answer(500), { own: answer(500) }, null],
    "another value": [answer(200, { name: null }), { own: ann }, 'answers name null (alone: "Ann")'],
    "a value that is missing": [answer(200, {}), { own: ann }, 'has no name (alone: "Ann")'],
    "one value more": [answer(200, { name: "Ann", age: 3 }), { own: ann }, null],
    "the other release's value": [
      answer(200, { name: "ann" }),
      { own: ann, other: answer(200, { name: "ann" }) },
      null,
    ],
    "the other release's error": [answer(404), { own: ann, other: answer(404) }, "404 (alone: 200)"],
    "an answer where the release alone has none": [ann, { own: answer(404) }, "200 (alone: 404)"],
    "a value that varies": [answer(200, { name: "x" }), { own: ann, varying: new Set(["name"]) }, null],
    "null instead of a value that varies": [
      answer(200, { name: null }),
      { own: ann, varying: new Set(["name"]) },
      'answers name null (alone: "Ann")',
    ],
    "an id with a gap": [answer(200, { id: 9 }), { own: answer(200, { id: 8 }) }, null],
    "a text as id": [answer(200, { id: "9" }), { own: answer(200, { id: 8 }) }, 'answers id "9" (alone: 8)'],
    "a row older than the migration, without what the old release does not know": [
      answer(200, { name: "Ann", slug: null }),
      { own: answer(200, { name: "Ann", slug: "ann" }), other: ann, unknownTo: ann },
      null,
    ],
    "a newer row, empty where older rows are, too": [
      answer(200, { name: "Ann", slug: null }),
      { own: answer(200, { name: "Ann", slug: "ann" }), other: ann, older: [answer(200, { name: "Ann", slug: null })] },
      null,
    ],
    "a newer row, empty where older rows are filled": [
      answer(200, { name: null }),
      { own: ann, other: ann, older: [ann] },
      'answers name null (alone: "Ann")',
    ],
    "a shorter list": [answer(200, ["a"]), { own: answer(200, ["a", "b"]) }, "answers length 1 (alone: 2)"],
    "a list as long as the other release's": [
      answer(200, ["a"]),
      { own: answer(200, ["a", "b"]), other: answer(200, ["a"]) },
      null,
    ],
    "a request that only the new release knows": [
      answer(404),
      { own: answer(404), other: ann, newRequest: "reads" },
      null,
    ],
    "a failure at what only the new release writes": [
      answer(500),
      { own: ann, other: ann, newRequest: "reads" },
      "500 (alone: 200)",
    ],
    "another value after the old release ignored a new field": [
      answer(200, { name: "x" }),
      { own: ann, newRequest: "unknown" },
      null,
    ],
  };
  for (const [what, [given, allowed, text]] of Object.entries(cases))
    it(`says ${text === null ? "nothing" : "what differs"} of ${what}`, () => {
      expect(differenceOf(given, { own: undefined, varying: new Set(), ...allowed })?.text ?? null).to.equal(text);
    });
});

describe("incompatibilityOf", () => {
  it("misses values, types and answers, and lets values change", () => {
    const before = answer(200, { name: "Ann", age: 3, list: [{ a: 1 }] });
    expect(incompatibilityOf(answer(200, { name: "Bea", age: 4, list: [] }), before)).to.equal(null);
    expect(incompatibilityOf(answer(200, { age: 3 }), before)?.text).to.equal('has no name (before: "Ann")');
    expect(incompatibilityOf(answer(200, { name: "Ann", age: "3" }), before)?.text).to.equal(
      'answers age "3" (before: 3)',
    );
    expect(incompatibilityOf(answer(404), before)?.text).to.equal("404 (alone: 200)");
  });
});

describe("valuesOf", () => {
  it("puts names in place of kept values, where they are ids beyond doubt", () => {
    const kept = new Map<string, string | number>([
      ["id", 5],
      ["token", "0123456789"],
    ]);
    const values = valuesOf({ id: 5, ownerId: 5, count: 5, link: "0123456789" }, kept);
    expect(Object.fromEntries(values)).to.deep.equal({ id: "{id}", ownerId: "{id}", count: 5, link: "{token}" });
  });
});

describe("varyingPaths", () => {
  it("are those that differ between answers", () => {
    const two = [answer(200, { at: 1, name: "a" }), answer(200, { at: 2, name: "a" })];
    expect([...varyingPaths(two)]).to.deep.equal(["at"]);
  });
});
