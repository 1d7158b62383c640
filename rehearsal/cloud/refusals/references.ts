import type { Properties } from "../provider/wire";
import { NETWORK_REFERENCES } from "./network-references";
import type { Finders, Look, ReferenceTable } from "./reference";
import { SERVICE_REFERENCES } from "./service-references";
import { valuesAt } from "./values-at";

/** Every argument that names another resource (V7), in the order of AWS's checks. */
export const REFERENCES: ReferenceTable = { ...NETWORK_REFERENCES, ...SERVICE_REFERENCES };

/**
 * Arguments that name other resources and that AWS does not look up when it takes them, with what happens instead.
 */
export const LATER_REFERENCES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "aws:ec2/flowLog:FlowLog": {
    logDestination: "AWS shows `Access error` as the flow log's status",
  },
  "aws:ec2/launchTemplate:LaunchTemplate": {
    imageId: "asked for by Auto Scaling, when a group names the template",
    iamInstanceProfile: "asked for by Auto Scaling, when a group names the template",
    vpcSecurityGroupIds: "asked for by Auto Scaling, when a group names the template",
  },
  "aws:ecs/taskDefinition:TaskDefinition": {
    executionRoleArn: "each task stops: ECS was unable to assume the role (C15, I5)",
    taskRoleArn: "each task stops: ECS was unable to assume the role (C15, I5)",
  },
  "aws:lambda/function:Function": {
    role: "Lambda refuses the function: the role cannot be assumed (L2)",
  },
  "aws:route53/record:Record": { aliases: "Route 53 refuses the change: the target was not found (R1)" },
};

/**
 * Checks that what the arguments name exists, and is in one network where AWS asks for it.
 * @param changed the arguments to look at; all of them for a new resource
 * @throws AwsError for the first reference that AWS refuses
 */
export function checkReferences(
  token: string,
  inputs: Properties,
  changed: readonly string[],
  finders: Finders,
  look: Look,
): void {
  let network: { vpcId: string; owner: string } | undefined;
  for (const { argument, kind, missing, elsewhere, valuesOf } of REFERENCES[token] ?? []) {
    const isChanged = changed.includes(argument.split(".")[0]!);
    const given = valuesAt(inputs, argument).filter(
      (value): value is string => typeof value === "string" && value !== "",
    );
    for (const value of valuesOf ? given.flatMap((one) => valuesOf(one, look)) : given) {
      const found = finders[kind](value);
      if (!found) {
        if (isChanged) throw missing(value);
        continue;
      }
      if (found.vpcId === undefined) continue;
      if (network && elsewhere && network.vpcId !== found.vpcId) throw elsewhere(value, network.vpcId, network.owner);
      network ??= { vpcId: found.vpcId, owner: value };
    }
  }
}
