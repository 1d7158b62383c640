import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";

const SubnetSpec = z.strictObject({ type: z.enum(["Public", "Private", "Isolated"]) });
const EndpointSpec = z.strictObject({ serviceName: z.string(), vpcEndpointType: z.literal("Gateway") });

/** The arguments of `awsx:ec2:Vpc` that the stand-in knows, with the meanings and defaults of awsx 3.9.0. */
const VpcArgs = z.strictObject({
  cidrBlock: z.string().default("10.0.0.0/16"),
  /** Without it the component takes the first three zones that the account can use, which is not modelled. */
  availabilityZoneNames: z.array(z.string()).min(1),
  enableDnsHostnames: z.boolean().optional(),
  enableDnsSupport: z.boolean().optional(),
  natGateways: z.strictObject({ strategy: z.enum(["None", "Single", "OnePerAz"]) }).default({ strategy: "OnePerAz" }),
  /** Without it awsx uses its old layout, which is not modelled. */
  subnetStrategy: z.literal("Auto"),
  /** Even sizes only; at most one subnet of each type, because the type is its name. */
  subnetSpecs: z
    .array(SubnetSpec)
    .min(1)
    .refine((specs) => new Set(specs.map(({ type }) => type)).size === specs.length, "a subnet type given twice"),
  vpcEndpointStrategy: z.literal("Auto").optional(),
  vpcEndpointSpecs: z.array(EndpointSpec).default([]),
  tags: z.record(z.string(), z.string()).default({}),
});
export type VpcArgs = z.output<typeof VpcArgs>;

/** Parses the arguments. @throws InputPropertiesError that names every unknown one */
export function parseVpcArgs(inputs: unknown): VpcArgs {
  const parsed = VpcArgs.safeParse(inputs);
  if (parsed.success) return parsed.data;
  throw new pulumi.InputPropertiesError({
    message: "awsx:ec2:Vpc: the rehearsal's stand-in does not know these arguments",
    errors: parsed.error.issues.flatMap((issue) => {
      const keys = issue.code === "unrecognized_keys" ? issue.keys : [];
      const reason = keys.length > 0 ? "unknown argument: the rehearsal does not model it" : issue.message;
      return (keys.length > 0 ? keys : [null]).map((key) => ({
        propertyPath: [...issue.path, ...(key === null ? [] : [key])].map(String).join("."),
        reason,
      }));
    }),
  });
}
