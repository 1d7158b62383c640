import type { ZodObject, ZodRawShape, z } from "zod";
import type { AwsCall } from "../kernel/aws-services";
import type { Properties } from "./wire";

/** One resource type of the provider: how its arguments are checked, and what its operations do to the cloud. */
export interface ResourceType<Inputs = Properties> {
  /** Pulumi's type token, such as `aws:lb/targetGroup:TargetGroup`. */
  token: string;
  awsCalls: AwsCalls;
  /** Every known argument with the provider's default. A key that is not here is refused by name. */
  inputs: ZodObject<ZodRawShape>;
  /** Arguments whose change replaces the resource. */
  replaceOn: readonly string[];
  /**
   * Arguments that the real provider declares Optional and Computed: the resource keeps what it has of those that the program
   * does not give, or does not give any more (aws-rules U3).
   */
  optionalComputed: readonly string[];
  /** How the provider names the resource when the program does not. */
  autoName?: AutoName;
  /** True where the provider merges `defaultTags` into `tagsAll`. */
  taggable: boolean;
  /** Outputs known only after `create`: unknown in a preview. */
  computed: readonly string[];
  /** Outputs that an update changes: unknown in the preview of an update. */
  computedOnUpdate: readonly string[];
  /**
   * Checks across arguments that the real provider makes before it calls AWS; one message for each problem. Not
   * called with unknown values.
   */
  validate?(inputs: Inputs): { property: string; reason: string }[];
  create(inputs: Inputs, call: OperationContext): Promise<{ id: string; outputs: Properties }>;
  /** Outputs as they are now, or null when the resource is gone. Keys that are arguments show drift. */
  read(id: string, outputs: Properties): Promise<Properties | null>;
  /**
   * Returns the changed outputs. Undefined if every change is a replacement.
   * @param inputs those that are Optional and Computed and absent stay as they are
   * @param old the inputs as the state's outputs have them: after a failed update what that update wanted
   */
  update?(id: string, inputs: Inputs, old: Inputs, call: OperationContext): Promise<Properties>;
  delete(id: string, outputs: Properties, call: OperationContext): Promise<void>;
}

/**
 * The main AWS call of each operation of the real provider, which faults can be injected into. The others (tags, attributes,
 * reading back) are left out, and so is an operation that calls nothing.
 */
type AwsCalls = Partial<Record<"create" | "read" | "update" | "delete", AwsCall>>;

export interface AutoName {
  /** The argument, such as `name`. Where there is another one `namePrefix`, that gives only the beginning of the name. */
  property: string;
  /** Longest name in characters; AWS's limit for this type. */
  maxLength: number;
}

export interface OperationContext {
  urn: string;
  /** Aborted when the engine hangs up. */
  signal: AbortSignal;
  /** The provider's `defaultTags`, which every taggable resource gets. */
  defaultTags?: Record<string, string>;
  /** AWS seconds of the program's `customTimeouts` for this operation; undefined for the provider's own limit. */
  timeoutSeconds?: number | undefined;
}

/** One function of the provider (an "invoke"), such as `aws:route53/getZone:getZone`. */
export interface ProviderFunction<Args = Properties> {
  token: string;
  /** The AWS call that faults can be injected into; undefined if the provider answers by itself. */
  awsCall?: AwsCall;
  args: ZodObject<ZodRawShape>;
  call(args: Args): Promise<Properties>;
}

type Definition<Shape extends ZodRawShape> = Omit<
  ResourceType<z.output<ZodObject<Shape>>>,
  "inputs" | "replaceOn" | "optionalComputed" | "computed" | "computedOnUpdate" | "taggable"
> & {
  inputs: ZodObject<Shape>;
  replaceOn?: readonly (keyof Shape & string)[];
  optionalComputed?: readonly (keyof Shape & string)[];
  computed?: readonly string[];
  computedOnUpdate?: readonly string[];
};

/** Fills in the defaults: nothing replaces, nothing is kept or computed, taggable if `tags` is an argument. */
export function defineResource<Shape extends ZodRawShape>(definition: Definition<Shape>): ResourceType {
  return {
    replaceOn: [],
    optionalComputed: [],
    computed: [],
    computedOnUpdate: [],
    taggable: "tags" in definition.inputs.shape,
    ...definition,
  } as unknown as ResourceType;
}

/** Returns the answer of `read`: the outputs of what was found, or null if it is gone. */
export function outputsIf<Found extends object>(
  found: Found | null | undefined,
  outputs: (found: Found) => Properties,
): Properties | null {
  return found ? outputs(found) : null;
}

/**
 * Defines a resource type without an object of its own in AWS: a setting of something else, such as the policy of a
 * bucket. One call puts it, for `create` and for `update`. Its id is one of its arguments, whose change replaces it.
 */
export function defineSetting<Shape extends ZodRawShape>({
  idArgument,
  awsCalls,
  put,
  ...definition
}: Omit<Definition<Shape>, "awsCalls" | "replaceOn" | "create" | "update"> & {
  idArgument: keyof Shape & string;
  awsCalls: Record<"put" | "read" | "delete", AwsCall>;
  put(inputs: z.output<ZodObject<Shape>>, call: OperationContext): void | Promise<void>;
}): ResourceType {
  return defineResource<Shape>({
    ...definition,
    awsCalls: { create: awsCalls.put, read: awsCalls.read, update: awsCalls.put, delete: awsCalls.delete },
    replaceOn: [idArgument],
    async create(inputs, call) {
      await put(inputs, call);
      return { id: String((inputs as Properties)[idArgument]), outputs: {} };
    },
    async update(_id, inputs, _old, call) {
      await put(inputs, call);
      return {};
    },
  });
}

export function defineFunction<Shape extends ZodRawShape>(definition: {
  token: string;
  awsCall?: AwsCall;
  args: ZodObject<Shape>;
  call(args: z.output<ZodObject<Shape>>): Promise<Properties>;
}): ProviderFunction {
  return definition as unknown as ProviderFunction;
}
