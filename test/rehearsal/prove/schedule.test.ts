import { expect } from "chai";
import { parseRequests } from "../../../rehearsal/prove/requests";
import { scenariosOf, scheduleOf, splitsOf, type Turn } from "../../../rehearsal/prove/schedule";
import { STATES } from "../../../rehearsal/prove/states";

const requests = (scenarios: object) => parseRequests(JSON.stringify({ scenarios }), "requests.yaml");
const USER = [{ request: "POST /users", keep: { id: "id" } }, "GET /users/{id}", "PUT /users/{id}", "GET /users/{id}"];
const [scenario] = scenariosOf(requests({ user: USER }), requests({ user: USER }));

function repetitions(turns: readonly Turn[]): Turn[][] {
  return [...new Set(turns.map(({ n }) => n))].map((n) => turns.filter((turn) => turn.n === n));
}

/** Who performs the steps of each repetition, such as `old old new`. */
function shares(turns: readonly Turn[], by: (turn: Turn) => string): string[] {
  return repetitions(turns).map((steps) =>
    steps
      .sort((a, b) => a.step - b.step)
      .map(by)
      .join(" "),
  );
}

describe("schedule", () => {
  it("hands a scenario over behind each step that writes", () => {
    expect(splitsOf(scenario!)).to.deep.equal([1, 3]);
  });

  it("performs each step once in each repetition, and in the order of the stages", () => {
    const turns = scheduleOf([scenario!], 2);
    for (const steps of repetitions(turns)) expect(steps.map(({ step }) => step)).to.deep.equal([0, 1, 2, 3]);
    const stages = turns.map(({ stage }) => stage).filter((stage, index, all) => stage !== all[index - 1]);
    expect(stages).to.deep.equal(["before", "during", "after", "rest", "last"]);
    expect(new Set(turns.map(({ pause }) => pause))).to.deep.equal(new Set([0, 1, 2, undefined]));
  });

  it("lets each release read and change what the other has written, on the way and on the way back", () => {
    const turns = scheduleOf([scenario!], 0);
    const deploy = shares(turns, (turn) => STATES.deploy.performer(turn));
    const wayBack = shares(turns, (turn) => STATES.wayBack.performer(turn));
    expect(deploy).to.include.members(["old new new new", "old old old new", "old new old new", "old old new old"]);
    expect(wayBack).to.include.members([
      "new old old old",
      "new new new old",
      "new old new old",
      "new new old new",
      "old old old old",
    ]);
  });

  it("knows which scenarios only the new release has", () => {
    const before = requests({ user: USER, list: ["GET /users"] });
    const after = requests({ user: USER, list: ["GET /users?page=1"], find: ["GET /find"] });
    expect(scenariosOf(before, after).map(({ name, isNew }) => [name, isNew])).to.deep.equal([
      ["user", false],
      ["list", false],
      ["list", true],
      ["find", true],
    ]);
  });
});

describe("states", () => {
  const names = { old: "v1", new: "v2" };
  const titles = (state: keyof typeof STATES) => [
    ...new Set(scheduleOf([scenario!], 1).map((turn) => STATES[state].title(turn, names))),
  ];

  it("are named by what a deploy does", () => {
    expect(titles("oldThroughMigration")).to.deep.equal(["v1 alone", "v1 during v2's migration", "v1 on v2's schema"]);
    expect(titles("deploy")).to.include.members(["v1 and v2 at once", "v2 with rows that v1 wrote"]);
    expect(titles("wayBack")).to.deep.equal(["v2 alone", "v1 and v2 at once", "back to v1 with rows that v2 wrote"]);
  });
});
