import { z } from "zod";
import { AwsError } from "../../../kernel/aws-error";

const selection = z.discriminatedUnion("tagStatus", [
  z.strictObject({ tagStatus: z.literal("untagged"), ...count() }),
  z.strictObject({ tagStatus: z.literal("any"), ...count() }),
  z.strictObject({
    tagStatus: z.literal("tagged"),
    tagPrefixList: z.array(z.string()).optional(),
    tagPatternList: z.array(z.string()).optional(),
    ...count(),
  }),
]);
const policy = z.strictObject({
  rules: z
    .array(
      z.strictObject({
        rulePriority: z.int().positive(),
        description: z.string().max(256).optional(),
        selection,
        action: z.strictObject({ type: z.literal("expire") }),
      }),
    )
    .min(1),
});

/** Refuses what ECR would: wrong forms, and two rules with one priority. */
export function refuseLifecyclePolicy(json: string): void {
  const parsed = policy.safeParse(parseJson(json));
  const faults = parsed.success ? [] : parsed.error.issues.map(({ path, message }) => `${path.join("/")}: ${message}`);
  const priorities = parsed.success ? parsed.data.rules.map((rule) => rule.rulePriority) : [];
  if (new Set(priorities).size < priorities.length) faults.push("rulePriority must be unique");
  if (faults.length === 0) return;
  throw new AwsError(
    "InvalidParameterException",
    `Invalid parameter at 'LifecyclePolicyText' failed to satisfy constraint: 'Lifecycle policy validation failure: ${faults.join("; ")}'`,
  );
}

function count() {
  return {
    countType: z.enum(["imageCountMoreThan", "sinceImagePushed"]),
    countUnit: z.literal("days").optional(),
    countNumber: z.int().positive(),
  };
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
