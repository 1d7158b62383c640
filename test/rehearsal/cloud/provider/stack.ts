import { expect } from "chai";
import { argumentsOf, check } from "../../../../rehearsal/cloud/provider/check";
import { diff, ofUpdate, type ResourceDiff } from "../../../../rehearsal/cloud/provider/diff";
import type { ResourceType } from "../../../../rehearsal/cloud/provider/resource-type";
import type { Properties } from "../../../../rehearsal/cloud/provider/wire";

export interface Declared {
  token: string;
  id: string;
  inputs: Properties;
  outputs: Properties & { arn: string; name: string };
}

/** Does with resource types what the provider does for the engine, without the wire. */
export class Stack {
  readonly #types: Map<string, ResourceType>;
  readonly #declared: Declared[] = [];
  readonly #call = { urn: "urn:pulumi:test", signal: new AbortController().signal };

  constructor(types: ResourceType[]) {
    this.#types = new Map(types.map((type) => [type.token, type]));
  }

  type(token: string): ResourceType {
    const type = this.#types.get(token);
    if (!type) throw new Error(`no type ${token}`);
    return type;
  }

  /** Returns the problems for which arguments are refused before any call, one text each: `<property>: <reason>`. */
  problems(token: string, args: Properties): string[] {
    return this.#check(token, args).problems.map(({ property, reason }) => `${property}: ${reason}`);
  }

  /** Creates it, and reads it: what is read never differs from what was declared. */
  async create(token: string, args: Properties): Promise<Declared> {
    const type = this.type(token);
    const { inputs, problems } = this.#check(token, args);
    expect(problems, token).to.deep.equal([]);
    const { id, outputs } = await type.create(argumentsOf(inputs), this.#call);
    const declared = { token, id, inputs, outputs: { ...argumentsOf(inputs), ...outputs } as Declared["outputs"] };
    this.#declared.push(declared);
    const read = await type.read(id, declared.outputs);
    expect(read, `${token} after create`).not.to.equal(null);
    for (const key of Object.keys(inputs))
      if (key in read!) expect(read![key], `${token}.${key}`).to.deep.equal(inputs[key]);
    for (const key of type.computed) expect(outputs, token).to.have.property(key);
    return declared;
  }

  /** @returns the outputs afterwards */
  async update(declared: Declared, changes: Properties): Promise<Properties> {
    const type = this.type(declared.token);
    const { inputs } = this.#check(declared.token, { ...argumentsOf(declared.inputs), ...changes });
    expect(this.replaces(declared, changes), `${declared.token} replaces`).to.deep.equal([]);
    const old = argumentsOf(declared.outputs);
    const wanted = argumentsOf(ofUpdate(type, declared.outputs, inputs));
    const outputs = await type.update!(declared.id, wanted, old, this.#call);
    Object.assign(declared, { inputs, outputs: { ...declared.outputs, ...wanted, ...outputs } });
    return declared.outputs;
  }

  /** Arguments whose change needs a new resource. */
  replaces(declared: Declared, changes: Properties): string[] {
    return this.diff(declared, changes).replaces;
  }

  /** What the engine is told that differs. */
  diff(declared: Declared, changes: Properties): ResourceDiff {
    const { inputs } = this.#check(declared.token, { ...argumentsOf(declared.inputs), ...changes });
    return diff(this.type(declared.token), declared.outputs, declared.inputs, inputs, []);
  }

  read(declared: Declared): Promise<Properties | null> {
    return this.type(declared.token).read(declared.id, declared.outputs);
  }

  async delete(declared: Declared): Promise<void> {
    await this.type(declared.token).delete(declared.id, declared.outputs, this.#call);
    this.#declared.splice(this.#declared.indexOf(declared), 1);
  }

  /** Last made, first deleted. */
  async destroy(): Promise<void> {
    for (const declared of [...this.#declared].reverse()) await this.delete(declared);
  }

  #check(token: string, args: Properties) {
    const seed = new Uint8Array([this.#declared.length]);
    return check(this.type(token), args, {}, "users", seed);
  }
}
