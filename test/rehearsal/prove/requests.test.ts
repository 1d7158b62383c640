import { expect } from "chai";
import { isWrite, nameOf, parseRequests } from "../../../rehearsal/prove/requests";

const NAME = "services/users/requests.yaml";
const parse = (text: string) => parseRequests(text, NAME);

describe("requests.yaml", () => {
  it("has scenarios with requests and commands", () => {
    const { scenarios, small, data } = parse(`
data: rows.sql
small: [plans]
scenarios:
  a user:
    - { request: POST /users, body: { name: "Ann {n}" }, keep: { id: id } }
    - GET /users/{id}
    - { run: node work.js }
`);
    expect(scenarios["a user"]!.map(nameOf)).to.deep.equal(["POST /users", "GET /users/{id}", "node work.js"]);
    expect(scenarios["a user"]!.map(isWrite)).to.deep.equal([true, false, true]);
    expect([small, data]).to.deep.equal([["plans"], "rows.sql"]);
  });

  const bad: Record<string, [text: string, message: RegExp]> = {
    "no YAML": ["scenarios: [", /^services\/users\/requests\.yaml: not YAML: /],
    "an unknown key": [
      "scenario: {}\nscenarios: { a: [GET /] }",
      /unknown key scenario, wanted scenarios, data, health, small or env/,
    ],
    "no scenario": ["scenarios: {}", /: scenarios: given none, wanted at least one$/],
    "no step": ["scenarios: { a: [] }", /: scenarios\.a: given \[\], wanted at least one step/],
    "another method": [
      "scenarios: { a: [LIST /users] }",
      /: scenarios\.a\.0: given "LIST \/users", wanted a request such as GET/,
    ],
    "a name that nothing keeps": [
      "scenarios: { a: ['GET /users/{id}'] }",
      /: scenarios\.a\.0: \{id\} is not known, wanted \{n\} or a name that an earlier step keeps$/,
    ],
    "a health path that is none": [
      "health: up\nscenarios: { a: [GET /] }",
      /: health: given "up", wanted a path, such as \/healthz$/,
    ],
  };
  for (const [what, [text, message]] of Object.entries(bad))
    it(`is refused in one line with ${what}`, () => {
      expect(() => parse(text)).to.throw(message);
      try {
        parse(text);
      } catch (error) {
        expect((error as Error).message.split("\n")).to.have.length(1);
      }
    });
});
