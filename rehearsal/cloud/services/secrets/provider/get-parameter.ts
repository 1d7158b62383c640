import { z } from "zod";
import { AwsError } from "../../../kernel/aws-error";
import { defineFunction, type ProviderFunction } from "../../../provider/resource-type";
import type { ParameterStore } from "../model/parameter-store";

/** A parameter with its value. */
export function getParameter(parameters: ParameterStore): ProviderFunction {
  return defineFunction({
    token: "aws:ssm/getParameter:getParameter",
    awsCall: "ssm:GetParameter",
    args: z.strictObject({ name: z.string(), withDecryption: z.literal(true).default(true) }),
    async call({ name }) {
      const parameter = parameters.find(name);
      if (!parameter) {
        throw new AwsError("ParameterNotFound", `reading SSM Parameter (${name}): couldn't find resource`);
      }
      const { arn, type, value, version } = parameter;
      return { id: name, arn, name, type, value, insecureValue: type === "SecureString" ? "" : value, version };
    },
  });
}
