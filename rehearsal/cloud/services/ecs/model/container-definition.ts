import { z } from "zod";

/** Containers of a task definition at most (aws-rules C44). */
const MAX_CONTAINERS = 10;

const LogConfiguration = z.strictObject({
  logDriver: z.literal("awslogs", { error: "the rehearsal cloud supports only the log driver awslogs" }),
  options: z.strictObject({
    "awslogs-group": z.string().min(1),
    "awslogs-region": z.string().min(1),
    "awslogs-stream-prefix": z.string().min(1),
    mode: z.enum(["blocking", "non-blocking"]).optional(),
    "max-buffer-size": z.string().optional(),
  }),
});

const PortMapping = z.strictObject({
  containerPort: z.int().min(1).max(65535),
  /** 0 or missing means a dynamic port. */
  hostPort: z.int().min(0).max(65535).default(0),
  protocol: z.literal("tcp").default("tcp"),
});

/** A folder in memory. Mount options other than Docker's default (rw, noexec, nosuid, nodev) are not supported. */
const Tmpfs = z.strictObject({
  containerPath: z.literal("/tmp", { error: "the rehearsal cloud mounts a tmpfs at /tmp only" }),
  /** MiB. */
  size: z.int().min(1),
});

const Dependency = z.strictObject({
  containerName: z.string().min(1),
  condition: z.literal("START", { error: "the rehearsal cloud knows only the condition START" }),
});

/** An empty volume of the task, a part of its disk. */
const MountPoint = z.strictObject({
  sourceVolume: z.string().min(1),
  containerPath: z.literal("/tmp", { error: "the rehearsal cloud mounts a volume at /tmp only" }),
});

const Secret = z
  .strictObject({ name: z.string().min(1), valueFrom: z.string().min(1) })
  .superRefine(({ name, valueFrom }, { addIssue }) => {
    if (valueFrom.startsWith("arn:aws:secretsmanager:")) return;
    if (/^(?:arn:aws:ssm:[^:]+:\d{12}:parameter\/)?[\w./-]{1,2048}$/.test(valueFrom)) return;
    addIssue(
      `The Systems Manager parameter name specified for secret ${name} is invalid. The parameter name can be up to 2048 characters and include the following letters and symbols: a-zA-Z0-9_.-/`,
    );
  });

/** The container definitions that the rehearsal supports. Any other key is an error that names it. */
export const ContainerDefinition = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9_-]{1,255}$/),
  image: z.string().min(1).max(255),
  /** Its end ends the task (C41). */
  essential: z.boolean().default(true),
  /** Containers that start before it and stop after it (C42). */
  dependsOn: z.array(Dependency).default([]),
  /** Containers that it finds by name, in bridge mode (C43). */
  links: z.array(z.string().regex(/^[A-Za-z0-9_-]+$/, "the rehearsal cloud knows no aliases of links")).default([]),
  /** CPU units; 1024 are one vCPU. */
  cpu: z.int().min(0).default(0),
  /** Hard limit in MiB, at least 6 (C2). */
  memory: z.int().min(6).optional(),
  /** Soft limit in MiB. */
  memoryReservation: z.int().min(6).optional(),
  portMappings: z.array(PortMapping).max(1, "the rehearsal cloud maps one port of a container").default([]),
  environment: z.array(z.strictObject({ name: z.string().min(1), value: z.string() })).default([]),
  /**
   * Variables whose values are read at each start. `valueFrom` is the ARN of an SSM parameter or of a Secrets Manager
   * secret, or the name of a parameter (C16, C17), which takes no version (P8).
   */
  secrets: z.array(Secret).default([]),
  /** Replaces the image's entry point and its command (C50). */
  entryPoint: z.array(z.string()).min(1).optional(),
  /** Replaces the image's command, and becomes the arguments of the entry point (C50). */
  command: z.array(z.string()).optional(),
  readonlyRootFilesystem: z.boolean().optional(),
  mountPoints: z.array(MountPoint).max(1).default([]),
  linuxParameters: z
    .strictObject({ initProcessEnabled: z.boolean().default(false), tmpfs: z.array(Tmpfs).max(1).default([]) })
    .optional(),
  /** AWS seconds between SIGTERM and SIGKILL (C19). */
  stopTimeout: z.int().min(0).default(30),
  logConfiguration: LogConfiguration.optional(),
});

export type ContainerDefinition = z.output<typeof ContainerDefinition>;

const ContainerDefinitions = z
  .array(ContainerDefinition)
  .min(1, "Container list cannot be empty")
  .max(MAX_CONTAINERS, `Task definition supports max ${MAX_CONTAINERS} container definitions`);

/** Parses `containerDefinitions`. Returns the first definition and the others, or all problems. */
export function parseContainerDefinitions(
  json: string,
):
  | { definition: ContainerDefinition; others: ContainerDefinition[]; problems: [] }
  | { definition?: undefined; problems: string[] } {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    return { problems: [`ECS Task Definition container_definitions is invalid: ${(error as Error).message}`] };
  }
  const parsed = ContainerDefinitions.safeParse(value);
  if (parsed.success) return { definition: parsed.data[0]!, others: parsed.data.slice(1), problems: [] };
  return { problems: parsed.error.issues.map((issue) => `${issue.path.map(String).join(".")}: ${issue.message}`) };
}
