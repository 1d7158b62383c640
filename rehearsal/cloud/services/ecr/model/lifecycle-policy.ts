import { z } from "zod";
import { parseJson } from "../../../../../components/core/parse-json";
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

/** @throws AwsError `InvalidParameterException` for an invalid form, or for two rules with the same priority */
export function checkLifecyclePolicy(json: string): void {
  const parsed = policy.safeParse(parseJson(json));
  const problems = parsed.success
    ? []
    : parsed.error.issues.map(({ path, message }) => `${path.join("/")}: ${message}`);
  const priorities = parsed.success ? parsed.data.rules.map((rule) => rule.rulePriority) : [];
  if (new Set(priorities).size < priorities.length) problems.push("rulePriority must be unique");
  if (problems.length === 0) return;
  throw new AwsError(
    "InvalidParameterException",
    `Invalid parameter at 'LifecyclePolicyText' failed to satisfy constraint: 'Lifecycle policy validation failure: ${problems.join("; ")}'`,
  );
}

function count() {
  return {
    countType: z.enum(["imageCountMoreThan", "sinceImagePushed"]),
    countUnit: z.literal("days").optional(),
    countNumber: z.int().positive(),
  };
}
