import { at, list, type Rule } from "../declared";

/** IMDSv1 gives the instance's credentials to anyone who can make the instance send a plain request. */
export const metadataVersion2: Rule = {
  name: "metadata-version-2",
  description: "Instances give their metadata by IMDSv2 only, and not to containers, which are one more hop away.",
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
  description: "Instances and scheduled tasks have no public address: only load balancers connect to them.",
  types: ["aws:ec2/launchTemplate:LaunchTemplate", "aws:ec2/instance:Instance", "aws:scheduler/schedule:Schedule"],
  check: ({ inputs }) => [
    ...(at(inputs, "target", "ecsParameters", "networkConfiguration", "assignPublicIp") === true
      ? ["target.ecsParameters.networkConfiguration.assignPublicIp is true: leave it out"]
      : []),
    ...(inputs.associatePublicIpAddress === true ? ["associatePublicIpAddress is true: leave it out"] : []),
    ...list(inputs.networkInterfaces)
      .filter((each) => String(each.associatePublicIpAddress) === "true")
      .map(() => "a network interface has associatePublicIpAddress: leave it out"),
  ],
};

/** What a task would share with its instance if it is `host`. With the network it gets the address of the instance's role. */
const NAMESPACES = ["networkMode", "pidMode", "ipcMode"] as const;

interface Container {
  name: string;
  privileged?: boolean;
  linuxParameters?: { capabilities?: { add?: string[] }; devices?: { hostPath: string }[] };
}

/** One way out of a container is enough: each leads to the instance, its role and the other tasks' secrets. */
export const tasksAreConfined: Rule = {
  name: "tasks-are-confined",
  description:
    "Containers are not privileged on their instance, and share neither its network nor its processes, folders and devices.",
  types: ["aws:ecs/taskDefinition:TaskDefinition"],
  check({ inputs }) {
    const containers = JSON.parse(String(inputs.containerDefinitions)) as Container[];
    return [
      ...NAMESPACES.filter((key) => inputs[key] === "host").map(
        (key) => `${key} is host: the task would share it with its instance and all other tasks there`,
      ),
      ...list(inputs.volumes)
        .filter(({ hostPath }) => hostPath !== undefined)
        .map(
          ({ name, hostPath }) => `volume ${String(name)} is ${String(hostPath)} of the instance: leave hostPath out`,
        ),
      ...containers.flatMap(({ name, privileged, linuxParameters: { capabilities, devices = [] } = {} }) => [
        ...(privileged === true ? [`container ${name} is privileged: leave that out`] : []),
        ...(capabilities?.add?.length
          ? [`container ${name} has the capabilities ${capabilities.add.join(", ")}: leave them out`]
          : []),
        ...devices.map(({ hostPath }) => `container ${name} has the device ${hostPath} of the instance: leave it out`),
      ]),
    ];
  },
};

/** With one role for both, the service's code could read every secret and image that its start needs. */
export const rolesAreApart: Rule = {
  name: "roles-are-apart",
  description: "A task has two different roles: an execution role for its start and a task role for its code.",
  types: ["aws:ecs/taskDefinition:TaskDefinition"],
  check({ inputs: { executionRoleArn, taskRoleArn } }) {
    if (executionRoleArn === undefined || taskRoleArn === undefined)
      return ["executionRoleArn or taskRoleArn is missing: the instance's role would be used instead"];
    return executionRoleArn === taskRoleArn ? ["executionRoleArn and taskRoleArn are the same role"] : [];
  },
};
