import { at, list, type Rule } from "../declared";

/** Version 1 answers whoever can make the instance send a plain request, with the instance's own credentials. */
export const metadataVersion2: Rule = {
  name: "metadata-version-2",
  description: "Instances answer for their metadata by IMDSv2 only, and not to containers behind one more hop.",
  types: ["aws:ec2/launchTemplate:LaunchTemplate", "aws:ec2/instance:Instance"],
  check({ inputs }) {
    const tokens = at(inputs, "metadataOptions", "httpTokens");
    const hops = at(inputs, "metadataOptions", "httpPutResponseHopLimit");
    return [
      ...(tokens === "required" ? [] : [`metadataOptions.httpTokens is ${String(tokens)}: set it to required`]),
      ...(hops === undefined || hops === 1
        ? []
        : [`metadataOptions.httpPutResponseHopLimit is ${String(hops)}: set it to 1`]),
    ];
  },
};

export const noPublicAddresses: Rule = {
  name: "no-public-addresses",
  description: "Instances have no public address: they are reached through load balancers only.",
  types: ["aws:ec2/launchTemplate:LaunchTemplate", "aws:ec2/instance:Instance"],
  check: ({ inputs }) => [
    ...(inputs.associatePublicIpAddress === true ? ["associatePublicIpAddress is true: leave it out"] : []),
    ...list(inputs.networkInterfaces)
      .filter((each) => String(each.associatePublicIpAddress) === "true")
      .map(() => "a network interface has associatePublicIpAddress: leave it out"),
  ],
};

export const tasksAreConfined: Rule = {
  name: "tasks-are-confined",
  description: "Containers have no privileges on their instance, and their file system cannot be written.",
  types: ["aws:ecs/taskDefinition:TaskDefinition"],
  check({ inputs }) {
    const containers = JSON.parse(String(inputs.containerDefinitions)) as Record<string, unknown>[];
    return containers.flatMap(({ name, privileged, readonlyRootFilesystem }) => [
      ...(privileged === true ? [`container ${String(name)} is privileged: leave that out`] : []),
      ...(readonlyRootFilesystem === true
        ? []
        : [`container ${String(name)} has no readonlyRootFilesystem: set it to true`]),
    ]);
  },
};

/** One role for both would let the service's code read every secret and image that its start needs. */
export const rolesAreApart: Rule = {
  name: "roles-are-apart",
  description: "A task has two roles, one for its start and one for its code, and they are not the same.",
  types: ["aws:ecs/taskDefinition:TaskDefinition"],
  check({ inputs: { executionRoleArn, taskRoleArn } }) {
    if (executionRoleArn === undefined || taskRoleArn === undefined)
      return ["executionRoleArn or taskRoleArn is missing: the instance's role would be used instead"];
    return executionRoleArn === taskRoleArn ? ["executionRoleArn and taskRoleArn are the same role"] : [];
  },
};
