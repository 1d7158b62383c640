import { expect } from "chai";
import { configurationOf, configurationText } from "../../../components/live/configuration";
import type { LiveService } from "../../../components/live/live";
import { parseSettings } from "../../../components/settings/settings";
import { declare, STATES, V1, type World } from "../world";

const users = { kind: "api", exposure: ["public", "internal"] };
const billing = { kind: "api", exposure: ["internal"] };
const mailer = { kind: "worker", queue: true };
const doodle = { kind: "api" };
const asItWas = { ...doodle, calls: ["users", "billing"], sends: ["mailer"] };

/** The new release runs, and the one before it, which used all others, is kept for a rollback. */
function retiredUser(): LiveService {
  const settings = parseSettings(
    { domain: "example.jp", services: { users, billing, mailer, doodle: asItWas } },
    { project: "aoshingo", stack: "prod" },
  );
  const configuration = configurationText(
    configurationOf(
      settings.services.doodle!,
      () => ({ version: "" }),
      () => "",
    ),
  );
  return {
    active: "green",
    colours: {
      blue: { release: { ...V1, name: "v1", configuration }, size: 0 },
      green: { release: { ...V1, name: "v2" }, size: 2 },
    },
  };
}

const declareWith = (others: Record<string, object>): Promise<World> =>
  declare({
    services: { doodle: retiredUser(), ...Object.fromEntries(Object.keys(others).map((name) => [name, STATES.start])) },
    settings: { doodle, ...others },
    deletionProtection: false,
  });

describe("what a retired release used", () => {
  it("can be removed, also with the internal edge", async () => {
    const { resources, outputs } = await declareWith({});
    const { blue } = outputs.grants.doodle!;
    expect([blue.calls, blue.sends]).to.deep.equal([[], []]);
    expect(resources.filter(({ name }) => /doodle-calls|internal/.test(name))).to.deep.equal([]);
  });

  it("stays open as far as it is there", async () => {
    const { resources, outputs } = await declareWith({ users: { kind: "api" }, billing, mailer: { kind: "worker" } });
    const { blue } = outputs.grants.doodle!;
    expect([blue.calls, blue.sends]).to.deep.equal([["billing"], []]);
    expect(resources.filter(({ name }) => name.startsWith("doodle-calls")).map(({ name }) => name)).to.deep.equal([
      "doodle-calls-billing",
      "doodle-calls-billing",
    ]);
  });
});
