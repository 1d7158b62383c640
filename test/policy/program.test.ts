import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { parse } from "yaml";
import { settingsOf } from "../../components/settings/settings";
import { RULES, STACK_RULES } from "../../policy/rules";
import { declare, STATES, type World } from "../components/world";
import { linkedWorld } from "./linked-world";

const ROOT = join(__dirname, "../..");

interface StackFile {
  services: Record<string, object>;
  deletionProtection?: boolean;
}

/** The program with the settings of a stack's file, all services in one state. */
function stackOf(file: string, state: keyof typeof STATES, config: Record<string, unknown> = {}): Promise<World> {
  const content = parse(readFileSync(join(ROOT, file), "utf8")) as { config: Record<string, unknown> };
  const { services: settings, ...others } = settingsOf(content.config) as unknown as StackFile;
  const services = Object.fromEntries(Object.keys(settings).map((name) => [name, STATES[state]]));
  return declare({ services, settings, config: { ...others, ...config } });
}

function violations(world: World): string[] {
  const { immutableSettings, deletionProtection } = world.outputs;
  const single = world.resources.flatMap((resource) =>
    RULES.filter(({ types }) => types.includes(resource.type)).flatMap(({ name, check }) =>
      check(resource).map((message) => `${name}: ${resource.name}: ${message}`),
    ),
  );
  const whole = STACK_RULES.flatMap(({ name, check }) =>
    check(linkedWorld(world), { cutover: immutableSettings.cutover, deletionProtection }).map(
      ({ resource, message }) => `${name}: ${resource.name}: ${message}`,
    ),
  );
  return [...single, ...whole];
}

const CI = {
  repository: "example/shop",
  ids: { owner: 1, repository: 2 },
  stateBucket: "example-pulumi-state",
  secretsKey: "arn:aws:kms:ap-northeast-1:123456789012:key/1",
};

describe("the program and the policies", () => {
  for (const file of ["Pulumi.prod.yaml", "Pulumi.rehearsal.yaml"]) {
    for (const state of Object.keys(STATES) as (keyof typeof STATES)[]) {
      it(`${file} violates none in the state ${state}`, async () => {
        const world = await stackOf(file, state);
        expect(violations(world)).to.deep.equal([]);
      });
    }

    it(`${file} violates none with cutover: dns`, async () => {
      expect(violations(await stackOf(file, "second", { cutover: "dns" }))).to.deep.equal([]);
    });

    it(`${file} violates none with roles for CI and flow logs`, async () => {
      const world = await stackOf(file, "second", { ci: CI, network: { flowLogs: "all" } });
      expect(violations(world)).to.deep.equal([]);
    });
  }

  it("Pulumi.prod.yaml violates none with a database, until that is not protected as the stack is", async () => {
    const world = await stackOf("Pulumi.prod.yaml", "second", { databases: { main: {} } });
    expect(violations(world)).to.deep.equal([]);
    const database = world.resources.find(({ type }) => type === "aws:rds/instance:Instance")!;
    database.inputs.deletionProtection = false;
    expect(violations(world)).to.deep.equal([
      "databases-are-protected: main-database: deletionProtection is not true, but the stack's setting is",
    ]);
  });

  it("has a resource for each policy to check", async () => {
    const world = await stackOf("Pulumi.prod.yaml", "second", { ci: CI, databases: { main: {} } });
    const types = new Set(world.resources.map(({ type }) => type));
    for (const rule of RULES)
      expect(
        rule.types.some((type) => types.has(type)),
        rule.name,
      ).to.equal(true);
  });
});
