/**
 * Writes botocore.json: what AWS's API models say about the values of requests (required members, lengths, ranges,
 * patterns, lists of values); the names of AWS's services for IAM; and EC2's instance types. The models are those of
 * botocore (Apache-2.0, Amazon.com), in the version that MODELS names:
 *
 *     pip download --no-deps --dest /tmp/botocore botocore==1.44.8 && unzip -q /tmp/botocore/*.whl -d /tmp/botocore
 *     npx ts-node rehearsal/cloud/refusals/extract-api-models.ts /tmp/botocore
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { API_CALLS } from "./api-calls";
import type { ApiModel, Shape } from "./api-models";
import { REQUESTS } from "./requests";

const MODELS = "botocore 1.44.8";
const LICENSE = "Apache-2.0, Copyright Amazon.com, Inc. or its affiliates";
/** botocore's folder of a service, where it is not the name that requests are signed for. */
const FOLDERS: Record<string, string> = {
  elasticloadbalancing: "elbv2",
  monitoring: "cloudwatch",
  servicequotas: "service-quotas",
  tagging: "resourcegroupstaggingapi",
};

/** Members whose values the models forbid, although the service here takes them. */
const UNCHECKED_MEMBERS: Record<string, string> = {
  // GetMetricData takes the period in real seconds in the rehearsal cloud, where an AWS minute may last less than one.
  MetricStat: "Period",
  // The attributes of messages, which the model has as those of queues.
  ReceiveMessageRequest: "AttributeNames",
};

/** The only members that are kept of some shapes. EventBridge has many kinds of targets, and the cloud has one of them. */
const CHECKED_MEMBERS: Record<string, readonly string[]> = { Target: ["Id", "Arn"] };

/** Lists of values that AWS compares later: a launch asks for the instance type (aws-rules V8). They have files of their own. */
const OPEN_LISTS = ["InstanceType"];

interface Model {
  metadata: { endpointPrefix: string; signingName?: string };
  operations: Record<string, { input?: { shape: string } }>;
  shapes: Record<string, SourceShape>;
}

type Reference = { shape: string };
type SourceShape = Omit<Shape, "members" | "member" | "key" | "value"> & {
  members?: Record<string, Reference>;
  member?: Reference;
  key?: Reference;
  value?: Reference;
};

const [directory = ""] = process.argv.slice(2);
const version = readdirSync(directory).find((name) => /^botocore-.*\.dist-info$/.test(name)) ?? "no botocore";
if (!version.startsWith(`${MODELS.replace(" ", "-")}.`)) {
  throw new Error(`${directory} has ${version}; wanted ${MODELS}`);
}

const calls = [
  ...new Set([...Object.values(REQUESTS).flatMap((forms) => forms.map(({ call }) => call)), ...API_CALLS]),
];
const services = [...new Set(calls.map((call) => call.split(":")[0]!))].sort();
const models = Object.fromEntries(services.map((service) => [service, modelOf(service)]));
writeFileSync(
  join(__dirname, "botocore.json"),
  `${written({ source: MODELS, license: LICENSE, services: models }, 5)}\n`,
);

const all = readdirSync(join(directory, "botocore", "data"), { withFileTypes: true });
const serviceNames = all
  .filter((entry) => entry.isDirectory())
  .flatMap(({ name }) => {
    const { endpointPrefix, signingName } = read(name).metadata;
    return [endpointPrefix, signingName ?? endpointPrefix];
  });
writeList("iam/model/service-names.json", { names: [...new Set(serviceNames)].sort() });

const sizes = new Map<string, string[]>();
for (const type of read("ec2").shapes.InstanceType!.enum!) {
  const [family = "", size = ""] = type.split(".");
  sizes.set(family, [...(sizes.get(family) ?? []), size]);
}
const families = [...sizes].sort().map(([family, all]) => [family, all.sort().join(" ")]);
writeList("ec2/model/instance-types.json", { families: Object.fromEntries(families) });

/** @param file in the folder of the cloud's services */
function writeList(file: string, list: object): void {
  const text = JSON.stringify({ source: MODELS, license: LICENSE, ...list }, null, 2);
  writeFileSync(join(__dirname, "..", "services", file), `${text}\n`);
}

function modelOf(service: string): ApiModel {
  const { operations, shapes } = read(service);
  const kept: Record<string, Shape> = {};
  const keep = (name: string): string => {
    if (kept[name]) return name;
    const { type, min, max, pattern, enum: values, required, payload, members, member, key, value } = shapes[name]!;
    kept[name] = { type };
    Object.assign(kept[name], {
      min,
      max,
      pattern,
      enum: OPEN_LISTS.includes(name) ? undefined : values,
      required,
      payload,
    });
    if (members) {
      const right = Object.entries(members).filter(
        ([key]) => key !== UNCHECKED_MEMBERS[name] && (CHECKED_MEMBERS[name]?.includes(key) ?? true),
      );
      kept[name].members = Object.fromEntries(right.map(([key, { shape }]) => [key, keep(shape)]));
    }
    if (member) kept[name].member = keep(member.shape);
    if (key) kept[name].key = keep(key.shape);
    if (value) kept[name].value = keep(value.shape);
    return name;
  };
  const names = calls.filter((call) => call.startsWith(`${service}:`)).map((call) => call.split(":")[1]!);
  const inputs = names.sort().flatMap((name) => {
    const shape = operations[name]?.input?.shape;
    if (!operations[name]) throw new Error(`${service} has no operation ${name}`);
    return shape === undefined ? [] : [[name, keep(shape)] as const];
  });
  return { operations: Object.fromEntries(inputs), shapes: kept };
}

function read(service: string): Model {
  const folder = join(directory, "botocore", "data", FOLDERS[service] ?? service);
  const file = join(folder, readdirSync(folder).sort().at(-1)!, "service-2.json");
  const json = existsSync(file) ? readFileSync(file) : gunzipSync(readFileSync(`${file}.gz`));
  return JSON.parse(json.toString("utf8")) as Model;
}

/** JSON with a line for each value down to a depth, so that a new version of the models shows what it changes. */
function written(value: unknown, depth: number): string {
  if (depth === 1 || typeof value !== "object" || value === null) return JSON.stringify(value);
  const lines = Object.entries(value).map(([key, one]) => `${JSON.stringify(key)}:${written(one, depth - 1)}`);
  return `{\n${lines.join(",\n")}\n}`;
}
