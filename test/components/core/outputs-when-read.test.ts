import "../../../components/core/outputs-when-read";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { known } from "../known";

interface Made {
  urn: pulumi.Output<string>;
  id: pulumi.Output<string>;
  given: pulumi.Output<string>;
  made: pulumi.Output<string>;
  hidden: pulumi.Output<string>;
  absent: pulumi.Output<unknown>;
}

class Resource extends pulumi.CustomResource {
  constructor(name: string, given: pulumi.Input<string> = "given", options?: pulumi.CustomResourceOptions) {
    super("test:index:Resource", name, { given, made: undefined, hidden: undefined, absent: undefined }, options);
  }
}

function make(name: string, given?: pulumi.Input<string>): pulumi.Resource & Made {
  return new Resource(name, given) as unknown as pulumi.Resource & Made;
}

/** How a resource has a property. */
function isRead(resource: object, property: string): boolean {
  const descriptor = Object.getOwnPropertyDescriptor(resource, property)!;
  return descriptor.get === undefined && pulumi.Output.isInstance(descriptor.value);
}

const { transferProperties } = require("@pulumi/pulumi/runtime/rpc") as {
  transferProperties(resource: object, label: string, inputs: object): Record<string, (...end: unknown[]) => void>;
};

describe("outputs made when they are read", () => {
  let registered: string[];

  beforeEach(async () => {
    registered = [];
    await pulumi.runtime.setMocks({
      newResource: ({ name, inputs }) => {
        registered.push(name);
        return { id: `${name}-id`, state: { ...inputs, made: `${name}-made`, hidden: secret(`${name}-hidden`) } };
      },
      call: () => ({}),
    });
  });
  afterEach(() => pulumi.runtime.disconnect());

  it("makes none that the program does not read", async () => {
    const resource = make("resource");
    expect(Object.keys(resource)).to.include.members(["given", "made", "hidden", "absent"]);
    expect(await known(resource.id)).to.equal("resource-id");
    for (const property of ["given", "made", "hidden", "absent"])
      expect(isRead(resource, property), property).to.equal(false);
  });

  it("gives the engine's value to who reads before its answer, and to who reads after it", async () => {
    const resource = make("resource");
    const before = resource.made;
    expect(registered).to.deep.equal([]);
    expect(await known(before)).to.equal("resource-made");
    expect(isRead(resource, "given")).to.equal(false);
    expect(await known(resource.given)).to.equal("given");
    expect(resource.made).to.equal(before);
    expect(await known(resource.absent)).to.equal(undefined);
  });

  it("keeps what is secret, and which resource it depends on, whenever it is read", async () => {
    const resource = make("resource");
    const early = resource.hidden;
    const late = make("late");
    await known(late.id);
    for (const [output, owner] of [[early, resource] as const, [late.hidden, late] as const]) {
      expect(await pulumi.isSecret(output)).to.equal(true);
      const { resources } = output as unknown as { resources(): Set<pulumi.Resource> };
      expect([...resources()]).to.deep.equal([owner]);
    }
    expect(await pulumi.isSecret(late.made)).to.equal(false);
  });

  it("passes a property on as another one's input", async () => {
    expect(await known(make("second", make("first").made).given)).to.equal("first-made");
  });

  it("reads through a proxy, and through an object that has the resource as its prototype", async () => {
    const resource = make("resource");
    const proxy = new Proxy(resource, {});
    expect(proxy.made).to.equal(resource.made);
    const heir = Object.create(resource) as Made;
    expect(heir.given).to.equal(resource.given);
    expect(Object.hasOwn(heir, "given")).to.equal(false);
  });

  it("lets a property be set", () => {
    const resource = make("resource") as unknown as { made: string };
    resource.made = "mine";
    expect(resource.made).to.equal("mine");
  });

  it("fails what was read, or is read, of a resource that the engine refused", async () => {
    const resource = {} as Record<"early" | "late" | "never", pulumi.Output<string>>;
    const settles = transferProperties(resource, "label", { early: 1, late: 1, never: 1 });
    const early = failureOf(resource.early);
    const refusal = new Error("refused");
    for (const settle of Object.values(settles)) settle(undefined, true, false, [], refusal);
    expect(await early).to.equal(refusal);
    expect(await failureOf(resource.late)).to.equal(refusal);
  });

  it("refuses a property that a resource has already, in the SDK's words", () => {
    expect(() => transferProperties({ given: 1 }, "label", { given: 1 })).to.throw("already initialized");
  });
});

async function failureOf(output: pulumi.Output<unknown>): Promise<unknown> {
  const { promise, isKnown, isSecret, allResources } = output as unknown as Record<string, () => Promise<unknown>> & {
    isKnown: Promise<boolean>;
    isSecret: Promise<boolean>;
  };
  const ends = await Promise.allSettled([promise!(), isKnown, isSecret, allResources!()]);
  return ends[0]!.status === "rejected" ? ends[0].reason : undefined;
}

/** A secret as the engine writes it. */
function secret(value: string): Record<string, string> {
  return { [pulumi.runtime.specialSigKey]: pulumi.runtime.specialSecretSig, value };
}
