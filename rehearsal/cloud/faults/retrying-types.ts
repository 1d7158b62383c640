import type { AwsCall } from "../kernel/aws-services";
import type { CloudContext } from "../kernel/context";
import type { ProviderFunction, ResourceType } from "../provider/resource-type";
import { failureOfCall, MAX_ATTEMPTS, retriesExhausted } from "./call-faults";

/** The client's longest pause between two attempts. AWS seconds. */
const MAX_PAUSE_SECONDS = 20;

/**
 * Returns resource types whose operations first call AWS as the real provider does. Throttling and server errors are
 * retried, 25 attempts in all with pauses that double up to 20 s (the AWS SDK for Go), and only then fail the
 * resource. Each operation counts as its one main call, made before anything takes effect; the calls by which the
 * provider waits for a state are not played.
 */
export function retryingTypes(context: CloudContext, types: ResourceType[]): ResourceType[] {
  return types.map((type) => {
    const { awsCalls } = type;
    const retrying: ResourceType = {
      ...type,
      async create(inputs, operation) {
        await callAws(context, awsCalls.create, operation.signal);
        return type.create(inputs, operation);
      },
      async read(id, outputs) {
        await callAws(context, awsCalls.read);
        return type.read(id, outputs);
      },
      async delete(id, outputs, operation) {
        await callAws(context, awsCalls.delete, operation.signal);
        return type.delete(id, outputs, operation);
      },
    };
    if (type.update) {
      retrying.update = async (id, inputs, old, operation) => {
        await callAws(context, awsCalls.update, operation.signal);
        return type.update!(id, inputs, old, operation);
      };
    }
    return retrying;
  });
}

/** The same for functions. */
export function retryingFunctions(context: CloudContext, functions: ProviderFunction[]): ProviderFunction[] {
  return functions.map((fn) => ({
    ...fn,
    async call(args) {
      await callAws(context, fn.awsCall);
      return fn.call(args);
    },
  }));
}

/** @param call undefined where the provider calls nothing */
async function callAws(context: CloudContext, call: AwsCall | undefined, signal?: AbortSignal): Promise<void> {
  if (!call) return;
  for (let attempt = 1; ; attempt += 1) {
    const failure = failureOfCall(context, call);
    if (!failure) return;
    if (attempt === MAX_ATTEMPTS) throw retriesExhausted(context, call, failure);
    await context.clock.sleep(pauseSeconds(context, attempt), signal);
  }
}

/** A random part of 2, 4, 8, 16 s; then 20 s each. */
function pauseSeconds({ random }: CloudContext, attempt: number): number {
  const longest = 2 ** attempt;
  return longest > MAX_PAUSE_SECONDS ? MAX_PAUSE_SECONDS : random.between(0, longest);
}
