import { isIPv6 } from "node:net";
import { parseJson } from "../../../components/core/parse-json";
import { AwsError } from "../kernel/aws-error";
import type { Properties } from "../provider/wire";
import { valuesAt } from "./values-at";

/**
 * What AWS asks of values and its API models do not say. Each kind of value is checked once here, and the tables say
 * which arguments are of that kind. The sources are named at each kind; [M] is from memory.
 */

type ValueRule = (value: string | number) => AwsError | undefined;

const invalid = (message: string) => new AwsError("InvalidParameterValue", message);

/** V3: characters of a security group's name and descriptions. SDK-EC2 CreateSecurityGroup */
const GROUP_TEXT = /^[a-zA-Z0-9. _\-:/()#,@[\]+=&;{}!$*]{0,255}$/;
const GROUP_CHARACTERS = "a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*";

/** @param parameter EC2's name of the value */
function groupText(parameter: "GroupName" | "GroupDescription" | "Description"): ValueRule {
  const words = {
    GroupName: "security group name",
    GroupDescription: "security group description",
    Description: "rule description",
  };
  return (value) => {
    const text = String(value);
    // LOGS: psd401/aistudio#1049
    if (/[^\p{ASCII}]/u.test(text)) {
      return invalid(
        `Value (${text}) for parameter ${parameter} is invalid. Character sets beyond ASCII are not supported.`,
      );
    }
    if (GROUP_TEXT.test(text)) return undefined;
    return invalid(
      `Invalid ${words[parameter]}. Valid values are strings less than 256 characters from the following set: ${GROUP_CHARACTERS}; given '${text}'`,
    );
  };
}

/** V4: source of a rule of a security group. SDK-EC2 IpRange, Ipv6Range */
const cidr: ValueRule = (value) => {
  const [address = "", prefix = ""] = String(value).split("/");
  const numbers = address.split(".").map(Number);
  const isV4 = numbers.length === 4 && /^[\d.]+$/.test(address) && numbers.every((number) => number <= 255);
  const longest = isV4 ? 32 : isIPv6(address) ? 128 : -1;
  if (/^\d{1,3}$/.test(prefix) && Number(prefix) <= longest) return undefined;
  return invalid(`CIDR block ${value} is malformed`);
};

/** V4: a protocol of a security group's rule, by name or IANA's number. SDK-EC2 IpPermission */
const protocol: ValueRule = (value) => {
  const text = String(value).toLowerCase();
  const isNumber = /^\d{1,3}$/.test(text) && Number(text) <= 255;
  if (isNumber || ["tcp", "udp", "icmp", "icmpv6", "-1", "all"].includes(text)) return undefined;
  return invalid(`Invalid value '${value}' for IP protocol. Unknown protocol.`);
};

/** Folder of a bucket for access logs. ALBG access logs */
const logPrefix: ValueRule = (value) => {
  const wrong = /AWSLogs/.test(String(value))
    ? "must not contain 'AWSLogs'"
    : /^\/|\/$/.test(String(value)) && "must not begin or end with '/'";
  return wrong
    ? new AwsError("InvalidConfigurationRequest", `The value '${value}' of access_logs.s3.prefix ${wrong}`)
    : undefined;
};

/** SDK-ECS CreateCapacityProvider name */
const providerName: ValueRule = (value) =>
  /^(aws|ecs|fargate)/i.test(String(value))
    ? new AwsError(
        "ClientException",
        `The specified capacity provider name is invalid: '${value}'. It can't begin with 'aws', 'ecs' or 'fargate'.`,
      )
    : undefined;

/** The ARN of a role, or its name. LOGS: aws-modern-application-workshop#9 */
const ecsRole: ValueRule = (value) =>
  /^(?:arn:aws(?:-[\w-]+)?:iam::\d{12}:role\/)?[\w+=,.@/-]+$/.test(String(value)) &&
  !/^arn:(?!aws[\w-]*:iam:)/.test(String(value))
    ? undefined
    : new AwsError("ClientException", "Role is not valid");

/** A private registry's host and a repository, with a tag or a digest. ECSDG image; Docker's grammar of references. */
const image: ValueRule = (value) =>
  /^(?:[a-zA-Z0-9.-]+(?::\d+)?\/)?[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*(?::\w[\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$/.test(
    String(value),
  )
    ? undefined
    : new AwsError(
        "ClientException",
        `Invalid image reference '${value}': Container.image contains invalid characters.`,
      );

/** A device of an instance. EC2G device naming */
const deviceName: ValueRule = (value) =>
  /^(?:\/dev\/)?(?:(?:sd|xvd|hd)[a-z][a-z0-9]{0,3}|nvme\d+n\d+)$/.test(String(value))
    ? undefined
    : new AwsError("InvalidBlockDeviceMapping", `Invalid device name ${value}`);

/** Gibibytes of a volume: 1 to 16,384 for gp2 and gp3. SDK-EC2 EbsBlockDevice (io2 up to 65,536) */
const volumeGiB: ValueRule = (value) =>
  Number(value) >= 1 && Number(value) <= 65_536
    ? undefined
    : invalid(`Volume of ${value}GiB is too large for volume type; maximum is 65536GiB`);

/** Words that names of buckets are made of. */
const COMMON_WORDS =
  "access|admin|alb|api|app|archive|artifacts?|assets?|aws|backups?|bucket|build|cdn|cloud|company|config|content|data|demo|deploy|dev|development|example|files?|images?|lambda|logs?|main|media|my|new|packages?|private|prod|production|project|public|pulumi|releases?|s3|service|stage|staging|state|static|storage|store|temp|terraform|tests?|tmp|uploads?|users?|videos?|web|website|www";
/** One to three common words: somebody has the name, because all accounts share the names of buckets (V5). */
const TAKEN_BUCKETS = new RegExp(`^(?:${COMMON_WORDS})(?:[-.]?(?:${COMMON_WORDS})){0,2}$`);

/** S3G bucket naming rules: what the length and the characters do not say. */
const bucketName: ValueRule = (value) => {
  const name = String(value);
  if (TAKEN_BUCKETS.test(name)) {
    return new AwsError(
      "BucketAlreadyExists",
      "The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.",
    );
  }
  const isWrong =
    !/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) ||
    /\.\.|\.-|-\./.test(name) ||
    /^\d{1,3}(\.\d{1,3}){3}$/.test(name) ||
    /^(xn--|sthree-|amzn-s3-demo-)/.test(name) ||
    /(-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$/.test(name);
  return isWrong ? new AwsError("InvalidBucketName", "The specified bucket is not valid.") : undefined;
};

/** V12: path, host and query have at most 128 characters, and the path begins with a slash. */
const redirectPath: ValueRule = (value) =>
  /^\/.{0,127}$/s.test(String(value))
    ? undefined
    : new AwsError(
        "ValidationError",
        `The redirect path '${value}' must begin with '/' and be at most 128 characters long`,
      );
const redirectText: ValueRule = (value) =>
  String(value).length <= 128
    ? undefined
    : new AwsError("ValidationError", `The redirect value '${value}' must be at most 128 characters long`);
const redirectPort: ValueRule = (value) =>
  value === "#{port}" || (/^\d+$/.test(String(value)) && Number(value) >= 1 && Number(value) <= 65_535)
    ? undefined
    : new AwsError("ValidationError", `The redirect port '${value}' must be #{port} or between 1 and 65535`);

const REDIRECT = {
  "redirect.path": redirectPath,
  "redirect.host": redirectText,
  "redirect.query": redirectText,
  "redirect.port": redirectPort,
};
const under = (name: string) =>
  Object.fromEntries(Object.entries(REDIRECT).map(([path, rule]) => [`${name}.${path}`, rule]));

const GROUP_RULE = { protocol, cidrBlocks: cidr, ipv6CidrBlocks: cidr, description: groupText("Description") };
const inlineRules = (direction: string) =>
  Object.fromEntries(Object.entries(GROUP_RULE).map(([path, rule]) => [`${direction}.${path}`, rule]));
const PEER_RULE = { ipProtocol: protocol, cidrIpv4: cidr, cidrIpv6: cidr, description: groupText("Description") };

/** The kind of each argument, by the token of the resource type. A path goes through lists. */
const VALUE_RULES: Readonly<Record<string, Readonly<Record<string, ValueRule>>>> = {
  "aws:ec2/securityGroup:SecurityGroup": {
    name: groupText("GroupName"),
    description: groupText("GroupDescription"),
    ...inlineRules("ingress"),
    ...inlineRules("egress"),
  },
  "aws:ec2/securityGroupRule:SecurityGroupRule": GROUP_RULE,
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": PEER_RULE,
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": PEER_RULE,
  "aws:ec2/launchTemplate:LaunchTemplate": {
    "blockDeviceMappings.deviceName": deviceName,
    "blockDeviceMappings.ebs.volumeSize": volumeGiB,
  },
  "aws:ecs/capacityProvider:CapacityProvider": { name: providerName },
  "aws:ecs/taskDefinition:TaskDefinition": {
    "containerDefinitions.image": image,
    executionRoleArn: ecsRole,
    taskRoleArn: ecsRole,
  },
  "aws:lb/listener:Listener": under("defaultActions"),
  "aws:lb/listenerRule:ListenerRule": under("actions"),
  "aws:lb/loadBalancer:LoadBalancer": { "accessLogs.prefix": logPrefix },
  "aws:s3/bucket:Bucket": { bucket: bucketName },
};

/** Where a resource type has port ranges: the paths of the objects that have `fromPort` and `toPort`. */
const PORT_RANGES: Readonly<Record<string, { paths: string[]; protocol: string }>> = {
  "aws:ec2/securityGroup:SecurityGroup": { paths: ["ingress", "egress"], protocol: "protocol" },
  "aws:ec2/securityGroupRule:SecurityGroupRule": { paths: [""], protocol: "protocol" },
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": { paths: [""], protocol: "ipProtocol" },
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": { paths: [""], protocol: "ipProtocol" },
};

/** @throws AwsError for the first value that AWS refuses */
export function checkValues(token: string, inputs: Properties): void {
  for (const [path, rule] of Object.entries(VALUE_RULES[token] ?? {})) {
    for (const value of valuesAt(parsed(inputs), path)) {
      const error = typeof value === "string" || typeof value === "number" ? rule(value) : undefined;
      if (error) throw error;
    }
  }
  const ranges = PORT_RANGES[token];
  for (const range of ranges?.paths.flatMap((path) => valuesAt(inputs, path)) ?? []) {
    const { fromPort, toPort, [ranges!.protocol]: ofRange } = range as Properties;
    checkPorts(String(ofRange).toLowerCase(), fromPort as number | undefined, toPort as number | undefined);
  }
}

/** Task definitions have their containers as JSON. */
function parsed(inputs: Properties): Properties {
  const { containerDefinitions } = inputs;
  if (typeof containerDefinitions !== "string") return inputs;
  return { ...inputs, containerDefinitions: parseJson(containerDefinitions) };
}

/** V4. SDK-EC2 IpPermission; LOGS: boto3#336 for the words of the range. */
function checkPorts(protocol: string, from: number | undefined, to: number | undefined): void {
  if (!["tcp", "udp", "6", "17"].includes(protocol)) return;
  if (from === undefined || to === undefined) {
    throw invalid("Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.");
  }
  const outside = [from, to].find((port) => port < 0 || port > 65_535);
  if (outside !== undefined) throw invalid(`TCP/UDP port (${outside}) out of range`);
  if (from > to) throw invalid(`Invalid value '${from}-${to}' for portRange: the first port is above the last.`);
}
