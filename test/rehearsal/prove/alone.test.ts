import { expect } from "chai";
import { errorsAlone, neverPerformed } from "../../../rehearsal/prove/alone";
import type { Answer } from "../../../rehearsal/prove/answers";
import { parseRequests } from "../../../rehearsal/prove/requests";
import { scenariosOf, scheduleOf } from "../../../rehearsal/prove/schedule";

const { scenarios } = parseRequests(
  JSON.stringify({
    scenarios: {
      "a user": [{ request: "POST /users", keep: { id: "id" } }, "GET /users/{id}"],
      health: ["GET /"],
    },
  }),
  "requests.yaml",
);
const requests = { small: [], env: {}, scenarios };
const turns = scheduleOf(scenariosOf(requests, requests), 0);
const isOwn = () => true;

const answered = (status: number): Answer => ({ status, shown: String(status), values: new Map() });

/** A run in which each step got the status of its list; undefined: it was not performed. */
function runOf(statuses: Record<string, (number | undefined)[]>) {
  return {
    outcomes: turns.map(({ scenario, step }) => {
      const status = statuses[scenario.name]![step];
      return {
        ...{ by: "old" as const, fromMs: 0, toMs: 0 },
        answer: status === undefined ? undefined : answered(status),
        missing: status === undefined ? ["id"] : [],
      };
    }),
  };
}

describe("a release alone", () => {
  const cases: [what: string, user: (number | undefined)[], why: RegExp | null][] = [
    ["performed each step", [201, 200], null],
    ["performed each step, and one is an error", [201, 404], null],
    [
      "did not answer with the value that a later step needs",
      [201, undefined],
      /^scenario "a user", step 2, GET \/users\/\{id\}: it was never performed, because \{id\} is missing: POST \/users answers 201 without id; wanted /,
    ],
    [
      "refused the request that gives a value",
      [422, undefined],
      /\{id\} is missing: POST \/users answers 422; wanted /,
    ],
  ];
  for (const [what, user, why] of cases)
    it(`${what}: ${why ? "nothing is proven" : "all can be compared"}`, () => {
      const said = neverPerformed(turns, runOf({ "a user": user, health: [200] }), isOwn);
      if (why) expect(said).to.match(why);
      else expect(said).to.equal(null);
    });

  it("need not perform the requests of others", () => {
    const run = runOf({ "a user": [422, undefined], health: [200] });
    expect(neverPerformed(turns, run, ({ name }) => name === "health")).to.equal(null);
    expect(errorsAlone(turns, run, ({ name }) => name === "health")).to.deep.equal([]);
  });

  it("has a note for each step that only failed", () => {
    expect(errorsAlone(turns, runOf({ "a user": [201, 404], health: [401] }), isOwn)).to.deep.equal([
      'GET /users/{id} (scenario "a user", step 2) answers 404 alone: only that it fails was compared',
      'GET / (scenario "health", step 1) answers 401 alone: only that it fails was compared',
    ]);
  });
});
