import { createHash } from "node:crypto";
import { z } from "zod";
import { AwsError } from "../../../kernel/aws-error";
import type { CloudContext } from "../../../kernel/context";
import { type Input, type Operation, operation } from "../../../protocols/service";
import type { RequiredPermission } from "../../cloud-service";
import { PARAMETER_TYPES, type Parameter, type ParameterStore } from "../model/parameter-store";

const MAX_NAMES = 10;
const MAX_RESULTS = 50;
const DEFAULT_RESULTS = 10;
const TIER = "Standard";
const WithDecryption = z.boolean().default(false);

const filter = z.strictObject({
  Key: z.enum(["Name", "Type"]),
  Option: z.enum(["Equals", "BeginsWith", "Contains"]).default("Equals"),
  Values: z.array(z.string()).min(1).max(50),
});
type Filter = z.output<typeof filter>;

export function ssmOperations(parameters: ParameterStore): Record<string, Operation> {
  return {
    PutParameter: operation(
      {
        Name: z.string(),
        Value: z.string(),
        Type: z.enum(PARAMETER_TYPES).optional(),
        Description: z.string().max(1024).optional(),
        Overwrite: z.boolean().default(false),
        Tier: z.literal(TIER).optional(),
      },
      ({ Name, Value, Type, Description, Overwrite }) => {
        const { version } = parameters.put({
          name: Name,
          value: Value,
          type: Type,
          description: Description,
          overwrite: Overwrite,
        });
        return { Version: version, Tier: TIER };
      },
    ),
    GetParameter: operation({ Name: z.string(), WithDecryption }, ({ Name, WithDecryption: decrypted }) => {
      const parameter = parameters.find(Name);
      if (!parameter) throw new AwsError("ParameterNotFound", `Parameter ${Name} not found.`);
      return { Parameter: withValue(parameter, decrypted) };
    }),
    GetParameters: operation(
      { Names: z.array(z.string()).min(1).max(MAX_NAMES), WithDecryption },
      ({ Names, WithDecryption: decrypted }) => ({
        Parameters: Names.flatMap((name) => parameters.find(name) ?? []).map((one) => withValue(one, decrypted)),
        InvalidParameters: Names.filter((name) => !parameters.find(name)),
      }),
    ),
    DescribeParameters: operation(
      {
        ParameterFilters: z.array(filter).default([]),
        MaxResults: z.int().min(1).max(MAX_RESULTS).default(DEFAULT_RESULTS),
        NextToken: z.string().default("0"),
      },
      ({ ParameterFilters, MaxResults, NextToken }) => {
        const start = Number(NextToken);
        if (!Number.isInteger(start)) throw new AwsError("InvalidNextToken", "The specified token is not valid.");
        const found = parameters.all.filter((one) => ParameterFilters.every((wanted) => matches(one, wanted)));
        const end = start + MaxResults;
        return {
          Parameters: found.slice(start, end).map(described),
          NextToken: end < found.length ? String(end) : undefined,
        };
      },
    ),
  };
}

/** By operation. */
export function ssmPermissions(
  { region, accountId }: CloudContext,
  parameters: ParameterStore,
): Record<string, (input: Input) => RequiredPermission[]> {
  const onName = (action: string, name: unknown): RequiredPermission => ({
    action: `ssm:${action}`,
    resource: String(name).startsWith("arn:") ? String(name) : parameters.arnOf(String(name)),
  });
  return {
    PutParameter: ({ Name }) => [onName("PutParameter", Name)],
    GetParameter: ({ Name }) => [onName("GetParameter", Name)],
    GetParameters: ({ Names }) => (Array.isArray(Names) ? Names : []).map((name) => onName("GetParameters", name)),
    DescribeParameters: () => [{ action: "ssm:DescribeParameters", resource: `arn:aws:ssm:${region}:${accountId}:*` }],
  };
}

function matches(parameter: Parameter, { Key, Option, Values }: Filter): boolean {
  const text = Key === "Name" ? parameter.name : parameter.type;
  if (Option === "BeginsWith") return Values.some((value) => text.startsWith(value));
  return Values.some((value) => (Option === "Equals" ? text === value : text.includes(value)));
}

function described({ name, arn, type, description, version, changedAtMs }: Parameter) {
  return {
    Name: name,
    ARN: arn,
    Type: type,
    Description: description,
    Version: version,
    LastModifiedDate: changedAtMs / 1000,
    Tier: TIER,
    DataType: "text",
  };
}

/** Without decryption a SecureString's value is what KMS made of it; here its hash stands for that. */
function withValue(parameter: Parameter, decrypted: boolean) {
  const { Name, ARN, Type, Version, LastModifiedDate, DataType } = described(parameter);
  const isReadable = decrypted || Type !== "SecureString";
  const Value = isReadable ? parameter.value : createHash("sha256").update(parameter.value).digest("base64");
  return { Name, ARN, Type, Value, Version, LastModifiedDate, DataType };
}
