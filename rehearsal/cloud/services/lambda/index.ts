import type { CloudService } from "../cloud-service";
import { lambdaOperations, lambdaProtocol } from "./api/lambda";
import { Lambda, type LambdaPorts } from "./model/lambda";
import { functionType } from "./provider/function";
import { invocationType } from "./provider/invocation";

export function createLambda(ports: LambdaPorts): CloudService<Lambda> {
  const lambda = new Lambda(ports);
  return {
    model: lambda,
    types: [functionType(lambda, ports.context), invocationType(lambda)],
    apis: { lambda: { protocol: lambdaProtocol, operations: lambdaOperations(lambda) } },
  };
}
