import { readFileSync } from "node:fs";
import { expect } from "chai";
import type { ZodType } from "zod";
import { OWNER_KEY } from "../../../../rehearsal/cloud/api/authorisation";
import type { ResourceType } from "../../../../rehearsal/cloud/provider/resource-type";
import { RefusalsCloud } from "../refusals/refusals-cloud";
import type { Declared } from "./stack";

/** Arguments that look Optional and Computed in the package, because Pulumi's provider has a default for them. */
const WITH_DEFAULT = ["description", "comment"];

/**
 * Arguments that the package's declarations have as Optional and Computed: they may be left out, and the resource always has
 * them. Names that the provider makes look the same.
 */
function declaredOf({ token, autoName }: ResourceType): string[] {
  const file = `node_modules/@pulumi/aws/${token.split(":")[1]}.d.ts`;
  const [resource, , args] = readFileSync(file, "utf8").split(/^export interface /m);
  const may = [...args!.matchAll(/^ {4}(\w+)\?: /gm)].map(([, name]) => name!);
  const always = [...resource!.matchAll(/^ {4}readonly (\w+): pulumi\.Output<([\s\S]*?)>;$/gm)]
    .filter(([, , output]) => !output!.endsWith("| undefined"))
    .map(([, name]) => name!);
  const names = autoName ? [autoName.property, `${autoName.property}Prefix`] : [];
  return may.filter((name) => always.includes(name) && ![...names, ...WITH_DEFAULT].includes(name));
}

describe("arguments that are Optional and Computed (U3)", () => {
  let world: RefusalsCloud;
  before(async () => {
    world = await RefusalsCloud.create("127.61");
  });
  after(() => world.close());

  it("are those of the provider, in each resource type", () => {
    const isOptional = (argument: unknown) => (argument as ZodType | undefined)?.safeParse(undefined).success === true;
    const types = world.cloud.types(OWNER_KEY);
    for (const type of types) {
      const wanted = declaredOf(type).filter((name) => isOptional(type.inputs.shape[name]));
      expect(type.optionalComputed, type.token).to.have.members(wanted);
    }
  });

  describe("of a resource", () => {
    const CLUSTER = "aws:ecs/cluster:Cluster";
    const insights = (value: string) => ({ settings: [{ name: "containerInsights", value }] });
    let vpc: Declared;
    before(async () => {
      vpc = await world.stack.create("aws:ec2/vpc:Vpc", { cidrBlock: "10.0.0.0/16", enableDnsHostnames: true });
    });

    it("are no change when they are taken away, and others are", () => {
      expect(world.stack.diff(vpc, { enableDnsHostnames: undefined }).changed).to.deep.equal([]);
      expect(world.stack.diff(vpc, { enableDnsHostnames: false }).changed).to.deep.equal(["enableDnsHostnames"]);
      expect(world.stack.diff(vpc, { enableDnsSupport: undefined }).changed).to.deep.equal([]);
    });

    it("stay as they were in an update of something else", async () => {
      const outputs = await world.stack.update(vpc, { enableDnsHostnames: undefined, tags: { Name: "shop" } });
      expect(outputs).to.include({ enableDnsHostnames: true });
      expect(vpc.inputs.__defaults).to.include("enableDnsHostnames");
      expect(world.stack.diff(vpc, { enableDnsHostnames: true }).changed).to.deep.equal([]);
    });

    it("are a change if what is given first is not what AWS has chosen", async () => {
      const cluster = await world.stack.create(CLUSTER, { name: "users-blue" });
      expect(world.stack.diff(cluster, insights("disabled")).changed).to.deep.equal([]);
      expect(world.stack.diff(cluster, insights("enabled")).changed).to.deep.equal(["settings"]);
    });

    it("are the container insights of a cluster, which stay on", async () => {
      const cluster = await world.stack.create(CLUSTER, { name: "users-green", ...insights("enabled") });
      expect(world.stack.diff(cluster, { settings: undefined }).changed).to.deep.equal([]);
      const { settings } = await world.stack.update(cluster, { settings: undefined, tags: { service: "users" } });
      expect(settings).to.deep.equal(insights("enabled").settings);
    });
  });
});
