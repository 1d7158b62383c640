import type { ZodObject, ZodRawShape, z } from "zod";
import type { Properties } from "./wire";

/** One type of resource that the stand-in knows: how its arguments are checked, and what its operations do to the cloud. */
export interface ResourceType<Inputs = Properties> {
  /** Pulumi's type token, such as `aws:lb/targetGroup:TargetGroup`. */
  token: string;
  /** Every known argument with the provider's default. A key that is not here is refused by name. */
  inputs: ZodObject<ZodRawShape>;
  /** Arguments whose change needs a new resource. */
  replaceOn: readonly string[];
  /** The provider names the resource by itself when the program does not. */
  autoName?: AutoName;
  /** True where the provider merges `defaultTags` into `tagsAll`. */
  taggable: boolean;
  /** Outputs known only after `create`: unknown in a preview. */
  computed: readonly string[];
  /** Outputs that an update gives a new value: unknown in the preview of an update. */
  computedOnUpdate: readonly string[];
  /** Checks across arguments that the real provider makes before it calls AWS; one message a fault. Not called with unknown values. */
  validate?(inputs: Inputs): { property: string; reason: string }[];
  create(inputs: Inputs, call: OperationContext): Promise<{ id: string; outputs: Properties }>;
  /** Outputs as they are now, or null when the resource is gone. Keys that are arguments show drift. */
  read(id: string, outputs: Properties): Promise<Properties | null>;
  /** Missing when every change is a replacement. Returns the changed outputs. */
  update?(id: string, inputs: Inputs, old: Inputs, call: OperationContext): Promise<Properties>;
  delete(id: string, outputs: Properties, call: OperationContext): Promise<void>;
}

export interface AutoName {
  property: string;
  /** Alternative argument that gives only the beginning of the name. */
  prefixProperty?: string;
  /** Longest name in characters; AWS's limit for this type. */
  maxLength: number;
}

export interface OperationContext {
  urn: string;
  /** Aborted when the engine hangs up. */
  signal: AbortSignal;
}

/** One function of the provider (an "invoke"), such as `aws:route53/getZone:getZone`. */
export interface ProviderFunction<Args = Properties> {
  token: string;
  args: ZodObject<ZodRawShape>;
  call(args: Args): Promise<Properties>;
}

type Definition<Shape extends ZodRawShape> = Omit<
  ResourceType<z.output<ZodObject<Shape>>>,
  "inputs" | "replaceOn" | "computed" | "computedOnUpdate" | "taggable"
> & {
  inputs: ZodObject<Shape>;
  replaceOn?: readonly (keyof Shape & string)[];
  computed?: readonly string[];
  computedOnUpdate?: readonly string[];
  taggable?: boolean;
};

/** Fills in the defaults: nothing replaces, nothing is computed, taggable if `tags` is an argument. */
export function defineResource<Shape extends ZodRawShape>(definition: Definition<Shape>): ResourceType {
  return {
    replaceOn: [],
    computed: [],
    computedOnUpdate: [],
    taggable: "tags" in definition.inputs.shape,
    ...definition,
  } as unknown as ResourceType;
}

export function defineFunction<Shape extends ZodRawShape>(definition: {
  token: string;
  args: ZodObject<Shape>;
  call(args: z.output<ZodObject<Shape>>): Promise<Properties>;
}): ProviderFunction {
  return definition as unknown as ProviderFunction;
}
