import { z } from "zod";
import { map, object, secret, text, VARIABLE_NAME, VARIABLES_WANTED, wholeNumber } from "./forms";
import { DEFAULTS } from "./kinds";

/** A tag of the service's own repository, `users:agent-1`; an image of ECR by tag; or any image by digest. */
const SIDECAR_IMAGE =
  /^(?:[a-z][a-z0-9-]*:[\w][\w.-]{0,127}|\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?\/[a-z0-9._/-]+:[\w][\w.-]{0,127}|[\w.:-]+(?:\/[\w.-]+)*(?::[\w][\w.-]{0,127})?@sha256:[0-9a-f]{64})$/;

/** One more container of a service's tasks. */
export type SidecarSettings = z.output<typeof Sidecar>;

const COMMAND_WORDS_WANTED = "a list of words, such as [--config, /etc/agent.yaml]";

export const SIDECAR_IMAGE_WANTED =
  "an image by digest, such as public.ecr.aws/xray/aws-xray-daemon@sha256:..., or a tag in ECR: <service>:TAG of the service's own repository, or <account>.dkr.ecr.<region>.amazonaws.com/NAME:TAG";

export const Sidecar = object({
  image: text(SIDECAR_IMAGE, SIDECAR_IMAGE_WANTED).describe(
    "Image by digest (NAME@sha256:...), or by tag in ECR: <service>:TAG of the service's own repository, or a whole reference. A deploy pins a tag.",
  ),
  command: z
    .array(z.string({ error: COMMAND_WORDS_WANTED }), { error: COMMAND_WORDS_WANTED })
    .min(1, COMMAND_WORDS_WANTED)
    .describe("Replaces the image's CMD, as in a Dockerfile: words, without a shell.")
    .optional(),
  env: map(VARIABLE_NAME, z.string({ error: "text (a number or true in quotes)" }), VARIABLES_WANTED)
    .describe("Environment variables of this container.")
    .default({}),
  secrets: map(VARIABLE_NAME, secret(), VARIABLES_WANTED)
    .describe("Environment variables of this container whose values are kept in SSM or Secrets Manager.")
    .default({}),
  cpu: wholeNumber(2, 196_608)
    .describe("CPU units, of those of the task: its share when there is not enough for all containers.")
    .default(DEFAULTS.sidecarCpu),
  memory: wholeNumber(6, 1_000_000)
    .describe(
      "MiB, of those of the task: a container that uses more is killed. The service's own container has the rest.",
    )
    .default(DEFAULTS.sidecarMemory),
  essential: z
    .boolean({ error: "true or false" })
    .describe(
      "True: its end ends the whole task, and ECS starts a new one. False: the service starts and goes on without it, and does not find it by its name.",
    )
    .default(true),
  stopTimeoutSeconds: wholeNumber(2, 3600)
    .describe("From SIGTERM to SIGKILL. It gets SIGTERM when the service's own container has ended.")
    .default(DEFAULTS.stopTimeoutSeconds),
});
