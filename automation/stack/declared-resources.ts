import type { PulumiFn } from "@pulumi/pulumi/automation";
import type { ResourceTransformation } from "@pulumi/pulumi/resource";

/** The program declares other resources than before: the `up` would create or delete some. */
class OtherResources extends Error {
  override name = "OtherResources";
}

/** Keeps what a program declares, and can hold it to what it declared before. */
export class DeclaredResources {
  #declared = new Set<string>();
  #hasRefused = false;

  /** Type and name of each resource of the last run, as the end of a URN has them: `aws:ecs/cluster:Cluster::users-blue`. */
  get last(): ReadonlySet<string> {
    return this.#declared;
  }

  /** True if the last run was ended because it declared other resources. */
  get hasRefused(): boolean {
    return this.#hasRefused;
  }

  /**
   * Runs the program.
   * @param allowed what it may declare, and has to: another resource is refused before the engine hears of it, and a missing
   * one before the engine knows that it is missing. Null for anything
   * @throws OtherResources
   */
  async run(program: PulumiFn, allowed: ReadonlySet<string> | null): Promise<Awaited<ReturnType<PulumiFn>>> {
    const declared = new Set<string>();
    this.#declared = declared;
    this.#hasRefused = false;
    const refuse = (what: string) => {
      this.#hasRefused = true;
      throw new OtherResources(`${what}, which the update before did otherwise`);
    };
    register(({ type, name, opts: { urn } }) => {
      // A reference to a resource that a component in another process has declared, made whenever its outputs arrive.
      if (urn !== undefined) return undefined;
      const resource = `${type}::${name}`;
      if (allowed !== null && !allowed.has(resource)) refuse(`the program declares ${resource}`);
      declared.add(resource);
      return undefined;
    });
    const outputs = await program();
    for (const resource of allowed ?? []) if (!declared.has(resource)) refuse(`the program lacks ${resource}`);
    return outputs;
  }
}

/** Loaded late, like all of the SDK. */
function register(transformation: ResourceTransformation): void {
  const { registerStackTransformation } =
    require("@pulumi/pulumi/runtime/stack") as typeof import("@pulumi/pulumi/runtime/stack");
  registerStackTransformation(transformation);
}
