import { expect } from "chai";
import { argumentsOf, check } from "../../../../rehearsal/cloud/provider/check";
import { diff, ofUpdate } from "../../../../rehearsal/cloud/provider/diff";
import type { OperationContext, ResourceType } from "../../../../rehearsal/cloud/provider/resource-type";
import type { Properties } from "../../../../rehearsal/cloud/provider/wire";

const SEED = new Uint8Array([1, 2, 3]);
const call = (): OperationContext => ({
  urn: "urn:pulumi:test::test::test::test",
  signal: new AbortController().signal,
});

/** One resource of a program, brought up and down as the provider does it for the engine. */
export class Resource {
  private constructor(
    readonly type: ResourceType,
    readonly id: string,
    /** With defaults. */
    public inputs: Properties,
    public outputs: Properties,
  ) {}

  static async create(types: ResourceType[], token: string, args: Properties, name = "logical"): Promise<Resource> {
    const type = types.find((one) => one.token === token)!;
    const { inputs, problems } = check(type, args, {}, name, SEED);
    expect(problems).to.deep.equal([]);
    const { id, outputs } = await type.create(argumentsOf(inputs), call());
    return new Resource(type, id, inputs, { ...argumentsOf(inputs), ...outputs });
  }

  /** Returns the problems that a check finds in arguments. */
  static problems(types: ResourceType[], token: string, args: Properties): string[] {
    const type = types.find((one) => one.token === token)!;
    return check(type, args, {}, "logical", SEED).problems.map(({ property, reason }) => `${property}: ${reason}`);
  }

  async update(args: Properties): Promise<void> {
    const { inputs } = check(this.type, args, this.inputs, "logical", SEED);
    expect(diff(this.type, this.outputs, this.inputs, inputs, []).replaces).to.deep.equal([]);
    const wanted = argumentsOf(ofUpdate(this.type, this.outputs, inputs));
    const changed = await this.type.update!(this.id, wanted, argumentsOf(this.outputs), call());
    this.inputs = inputs;
    this.outputs = { ...this.outputs, ...wanted, ...changed };
  }

  /** Keys whose change would replace it. */
  replacedBy(args: Properties): string[] {
    const { inputs } = check(this.type, args, this.inputs, "logical", SEED);
    return diff(this.type, this.outputs, this.inputs, inputs, []).replaces;
  }

  /** What a refresh finds; null when it is gone. It has to be what the program wrote, or every refresh shows a difference. */
  async refresh(): Promise<Properties | null> {
    const now = await this.type.read(this.id, this.outputs);
    if (now === null) return null;
    for (const key of Object.keys(argumentsOf(this.inputs))) {
      if (key in now) expect(now[key], key).to.deep.equal(this.inputs[key]);
    }
    for (const [key, value] of Object.entries(now)) {
      if (key in this.outputs) expect(value, key).to.deep.equal(this.outputs[key]);
    }
    return now;
  }

  delete(): Promise<void> {
    return this.type.delete(this.id, this.outputs, call());
  }
}
