import { DEFAULT_FARGATE_CPU, FARGATE_CPU, fargateMemory, MAX_FARGATE_STOP_SECONDS } from "../fargate";
import {
  CPU_UNITS_A_VCPU,
  INSTANCE_TYPE,
  instanceTypeOf,
  insteadOfInstanceType,
  nearestInstanceType,
  taskSizeOf,
} from "../instance-type";
import { problem } from "../problem";
import { minimumChanges } from "../scheduled-minimum";
import { DEFAULTS } from "../schema/kinds";
import { DEFAULT_TARGET_CPU_PERCENT, LEAST_TARGET_CPU_PERCENT, Size } from "../schema/size";
import { asMap, type RawService } from "./raw-service";

/** Share of an instance's memory that a task can have. The operating system and ECS keep the rest. */
const USABLE_MEMORY = 0.85;
/**
 * The inline policies of an IAM role have 10,240 characters in all. They hold the statements of both colours, which
 * differ during a deploy, and the program's own.
 */
const MAX_IAM_CHARACTERS = 4_500;
const MAX_SECRET_CHARACTERS = 4_500;
/** `arn:aws:ssm:ap-northeast-1:123456789012:parameter/`, quotes and comma, with room for longer regions. */
const ARN_CHARACTERS = 70;

/** A task definition has up to 64 KiB (aws-rules V11). What is not counted here, such as names of secrets and settings of logs, has the rest. */
const MAX_TEXT_BYTES = 56 * 1024;

/**
 * Problems of a task: an instance type that does not exist, more CPU or memory than its instance has, more rights than its roles can hold, more text than a task definition
 * can hold, an impossible size, a range that would never grow.
 */
export function taskProblems(service: RawService, databases: unknown): string[] {
  const always = [...roleProblems(service), ...textProblems(service, databases)];
  if (service.kind === "job") return [...fargateProblems(service), ...always];
  return [...sizeProblems(service), ...capacityProblems(service), ...targetProblems(service), ...always];
}

/** Counts variables and commands as the task definition has them: in JSON. A task that uses a database has the certificates of its server in a variable. */
function textProblems({ name, values, uses }: RawService, databases: unknown): string[] {
  const containers = [values, ...Object.values(asMap(values.sidecars)).map(asMap)];
  const own = containers.reduce((sum, { env, command }) => {
    const environment = Object.entries(asMap(env)).map(([name, value]) => ({ name, value }));
    return sum + Buffer.byteLength(JSON.stringify([environment, command]));
  }, 0);
  const [database = ""] = uses;
  const certificates = Buffer.byteLength(JSON.stringify(certificatesOf(databases, database)));
  if (own + certificates <= MAX_TEXT_BYTES) return [];
  if (own > MAX_TEXT_BYTES) {
    const wanted = `at most ${MAX_TEXT_BYTES} in all its containers: a task definition has up to 64 KiB; put long values into secrets, or into the image`;
    return [problem(["services", name, "env"], `${own} bytes`, wanted)];
  }
  const wanted = `at most ${MAX_TEXT_BYTES - own} beside what else the task definition of ${name} has, which has up to 64 KiB: give those alone that the server's certificate is signed with`;
  return [problem(["databases", database, "existing", "certificates"], `${certificates} bytes`, wanted)];
}

/** Returns the certificates that the settings give for a database's server, as PEM; "" without any. RDS's own, the default, take a few KiB, for which there is room. */
function certificatesOf(databases: unknown, name: string): string {
  const { certificates } = asMap(asMap(asMap(databases)[name]).existing);
  return typeof certificates === "string" ? certificates : "";
}

function sizeProblems({ name, values, kind }: RawService): string[] {
  const { min, max, targetRequestsPerMinute: requests, schedule: given, timeZone } = asMap(values.size);
  const schedule = Array.isArray(given) && given.length === 0 ? undefined : given;
  const refuse = (key: string, given: unknown, why: string) =>
    given === undefined ? [] : [problem(["services", name, "size", key], given, `no value: ${why}`)];
  const withoutRequests =
    kind === "worker"
      ? refuse("targetRequestsPerMinute", requests, "a worker is on no edge and answers no requests")
      : [];
  const withoutSchedule = schedule === undefined ? refuse("timeZone", timeZone, "it is for a schedule") : [];
  const others = [...withoutRequests, ...withoutSchedule];
  if (typeof min !== "number" || typeof max !== "number") return others;
  if (min > max) return [problem(["services", name, "size", "max"], max, `at least min, which is ${min}`), ...others];
  if (min === max) {
    const why = `max is min, so the size is fixed; give a max above ${min} or leave it out`;
    return [
      ...(kind === "api" ? refuse("targetRequestsPerMinute", requests, why) : withoutRequests),
      ...(schedule === undefined ? withoutSchedule : refuse("schedule", schedule, why)),
    ];
  }
  return [...others, ...scheduleProblems(name, { min, max, schedule })];
}

/** Problems of the times with a higher minimum. */
function scheduleProblems(name: string, { min, max, schedule }: { min: number; max: number; schedule: unknown }) {
  const parsed = Size.shape.schedule.safeParse(schedule);
  if (!parsed.success) return [];
  const path = ["services", name, "size", "schedule"];
  const wrong = parsed.data.flatMap((window, index) =>
    window.min > min && window.min <= max
      ? []
      : [problem([...path, String(index), "min"], window.min, `above min and up to max: ${min + 1} to ${max}`)],
  );
  if (wrong.length > 0 || parsed.data.length === 0 || minimumChanges({ min, schedule: parsed.data }).length > 0)
    return wrong;
  return [problem(path, schedule, "times that leave out some of the week; for all of it set min instead")];
}

/** Problems of a job's size: Fargate has certain sizes alone (aws-rules C36). */
function fargateProblems({ name, values }: RawService): string[] {
  const { cpu = DEFAULT_FARGATE_CPU, memory, stopTimeoutSeconds } = values;
  if (typeof cpu !== "number") return [];
  const sizes = fargateMemory(cpu);
  if (sizes.length === 0)
    return [problem(["services", name, "cpu"], cpu, `one of ${FARGATE_CPU.join(", ")}: a job runs on Fargate`)];
  const isOther = typeof memory === "number" && !sizes.includes(memory);
  const isLong = typeof stopTimeoutSeconds === "number" && stopTimeoutSeconds > MAX_FARGATE_STOP_SECONDS;
  return [
    ...(isOther
      ? [problem(["services", name, "memory"], memory, `${sizesText(sizes)}: Fargate has no other for cpu ${cpu}`)]
      : []),
    ...(isLong
      ? [
          problem(
            ["services", name, "stopTimeoutSeconds"],
            stopTimeoutSeconds,
            `at most ${MAX_FARGATE_STOP_SECONDS}: Fargate waits no longer`,
          ),
        ]
      : []),
  ];
}

/** `512, 1024, 2048`, or `1024 to 4096 in steps of 1024`. */
function sizesText(sizes: readonly number[]): string {
  const [first = 0, second = 0] = sizes;
  return sizes.length > 3 ? `${first} to ${sizes.at(-1)} in steps of ${second - first}` : sizes.join(", ");
}

function capacityProblems({ name, values }: RawService): string[] {
  const type = values.instanceType ?? DEFAULTS.instanceType;
  if (typeof type !== "string" || !INSTANCE_TYPE.test(type)) return [];
  const instead = insteadOfInstanceType(type);
  if (instead !== undefined) return [problem(["services", name, "instanceType"], type, instead)];
  const instance = instanceTypeOf(type);
  if (!instance) {
    const other = nearestInstanceType(type) ?? DEFAULTS.instanceType;
    const wanted = `a value: the size of ${type} is not known here; or another instanceType, such as ${other}`;
    return ["cpu", "memory"]
      .filter((key) => values[key] === undefined)
      .map((key) => problem(["services", name, key], undefined, wanted));
  }
  const limits = { cpu: instance.vcpus * CPU_UNITS_A_VCPU, memory: Math.floor(instance.memoryMiB * USABLE_MEMORY) };
  return (["cpu", "memory"] as const).flatMap((key) => {
    const given = values[key];
    return typeof given === "number" && given > limits[key]
      ? [problem(["services", name, key], given, `at most ${limits[key]}, what a ${type} has for a task`)]
      : [];
  });
}

/** A target for the CPU that a range cannot reach. One that has a target for requests as well grows by these. */
function targetProblems({ name, values }: RawService): string[] {
  const { min, max, targetCpuPercent, targetRequestsPerMinute } = asMap(values.size);
  if (typeof min !== "number" || typeof max !== "number" || min >= max) return [];
  const type = values.instanceType ?? DEFAULTS.instanceType;
  if (typeof type !== "string" || targetRequestsPerMinute !== undefined) return [];
  const instance = instanceTypeOf(type);
  const cpu = values.cpu ?? taskSizeOf(type)?.cpu;
  const target = targetCpuPercent ?? DEFAULT_TARGET_CPU_PERCENT;
  if (!instance || typeof cpu !== "number" || typeof target !== "number") return [];
  const units = instance.vcpus * CPU_UNITS_A_VCPU;
  // The policy adds instances above the target, and a task gets no further than its cpu (aws-rules C55).
  const most = Math.ceil((100 * cpu) / units) - 1;
  if (target <= most) return [];
  const least = `cpu of at least ${Math.floor((target * units) / 100) + 1}`;
  const wanted = most < LEAST_TARGET_CPU_PERCENT ? least : `at most ${most}, or ${least}`;
  const it = targetCpuPercent === undefined ? `the default of ${target}` : "it";
  const why = `a task uses at most its cpu, which is ${cpu} of the ${units} units of a ${type}, so ${it} would add no instance`;
  return [problem(["services", name, "size", "targetCpuPercent"], targetCpuPercent, `${wanted}: ${why}`)];
}

function roleProblems({ name, values }: RawService): string[] {
  const iam = Array.isArray(values.iam) ? JSON.stringify(values.iam).length : 0;
  const containers = [values, ...Object.values(asMap(values.sidecars)).map(asMap)];
  const names = containers
    .flatMap(({ secrets }) => Object.values(asMap(secrets)))
    .filter((secret) => typeof secret === "string");
  const arns = names.reduce((sum, secret) => sum + ARN_CHARACTERS + secret.length, 0);
  const tooLong = (key: "iam" | "secrets", length: number, most: number, what: string) => {
    const wanted = `at most ${most} characters ${what}, not ${length}: a role holds no more`;
    return length > most ? [problem(["services", name, key], values[key], wanted)] : [];
  };
  return [
    ...tooLong("iam", iam, MAX_IAM_CHARACTERS, "of JSON"),
    ...tooLong("secrets", arns, MAX_SECRET_CHARACTERS, "of ARNs"),
  ];
}
