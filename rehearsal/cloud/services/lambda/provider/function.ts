import { createHash } from "node:crypto";
import { z } from "zod";
import { defineResource, type ResourceType } from "../../../provider/resource-type";
import { retryWhile } from "../../../provider/retry";
import { tags } from "../../../provider/tags";
import type { Files } from "../model/code";
import type { FunctionSettings, Lambda, LambdaFunction } from "../model/lambda";

const MAX_NAME_LENGTH = 64;
/** AWS seconds for which the provider tries again while Lambda does not know the role. */
const ROLE_SECONDS = 300;

const inputs = z.object({
  name: z.string().optional(),
  description: z.string().optional(),
  code: z.custom<Files>((value) => typeof (value as Files | undefined)?.hash === "string", "an archive of files"),
  handler: z.string(),
  runtime: z.enum(["nodejs22.x", "nodejs24.x"], { error: "the rehearsal cloud runs functions of Node.js only" }),
  architectures: z.array(z.enum(["arm64", "x86_64"])).default(["x86_64"]),
  memorySize: z.int().min(128).max(10_240).default(128),
  timeout: z.int().min(1).max(900).default(3),
  packageType: z.literal("Zip").default("Zip"),
  role: z.string(),
  loggingConfig: z.strictObject({ logFormat: z.enum(["Text", "JSON"]), logGroup: z.string() }),
  environment: z.strictObject({ variables: z.record(z.string(), z.string()).default({}) }).optional(),
  vpcConfig: z
    .strictObject({ subnetIds: z.array(z.string()).min(1), securityGroupIds: z.array(z.string()).min(1) })
    .optional(),
  publish: z.literal(false).default(false),
  reservedConcurrentExecutions: z.literal(-1).default(-1),
  skipDestroy: z.literal(false).default(false),
  tags,
});
type Inputs = z.output<typeof inputs>;

/** A function with its code as an archive, in a VPC or outside of one. */
export function functionType(
  lambda: Lambda,
  { clock }: { clock: Parameters<typeof retryWhile>[0]["clock"] },
): ResourceType {
  const outputs = ({ arn, code, vpcId, subnetIds, securityGroupIds }: LambdaFunction) => {
    const codeSha256 = createHash("sha256").update(code.hash).digest("base64");
    return {
      ...{ arn, codeSha256, sourceCodeHash: codeSha256, version: "$LATEST" },
      qualifiedArn: `${arn}:$LATEST`,
      ...(vpcId === null ? {} : { vpcConfig: { subnetIds, securityGroupIds, vpcId } }),
    };
  };
  const retrying = <Result>(signal: AbortSignal, operation: () => Promise<Result>) =>
    retryWhile({ code: "InvalidParameterValueException", limitSeconds: ROLE_SECONDS, clock, signal }, operation);
  return defineResource({
    token: "aws:lambda/function:Function",
    awsCalls: {
      create: "lambda:CreateFunction",
      read: "lambda:GetFunction",
      update: "lambda:UpdateFunctionConfiguration",
      delete: "lambda:DeleteFunction",
    },
    inputs,
    optionalComputed: ["architectures"],
    replaceOn: ["name", "packageType"],
    autoName: { property: "name", maxLength: MAX_NAME_LENGTH },
    computed: ["arn", "codeSha256", "sourceCodeHash", "version", "qualifiedArn"],
    async create(given, { signal }) {
      const made = await retrying(signal, () => lambda.create(settingsOf(given)));
      return { id: made.name, outputs: outputs(made) };
    },
    async read(id) {
      const made = lambda.find(id);
      if (!made) return null;
      const { vpcConfig: _, ...known }: { vpcConfig?: unknown } = outputs(made);
      return { ...known, name: made.name, role: made.role, handler: made.handler, timeout: made.timeoutSeconds };
    },
    async update(id, given, _old, { signal }) {
      return outputs(await retrying(signal, () => lambda.update(id, settingsOf(given))));
    },
    async delete(id) {
      if (lambda.find(id)) lambda.delete(id);
    },
  });
}

function settingsOf({
  name,
  code,
  handler,
  role,
  timeout,
  memorySize,
  loggingConfig,
  environment,
  vpcConfig,
}: Inputs): FunctionSettings {
  return {
    ...{ name: name!, code, handler, role, timeoutSeconds: timeout, memoryMib: memorySize },
    logGroup: loggingConfig.logGroup,
    variables: environment?.variables ?? {},
    subnetIds: vpcConfig?.subnetIds ?? [],
    securityGroupIds: vpcConfig?.securityGroupIds ?? [],
  };
}
