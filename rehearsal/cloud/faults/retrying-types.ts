import type { CloudContext } from "../kernel/context";
import type { ProviderFunction, ResourceType } from "../provider/resource-type";
import { failureOfCall, givenUp, MAX_ATTEMPTS } from "./call-faults";
import { FUNCTION_CALLS, PROVIDER_CALLS, type Verb } from "./provider-calls";

/** The client's longest pause between two attempts. AWS seconds. */
const MAX_PAUSE_SECONDS = 20;

/**
 * Resource types whose operations first call AWS as the real provider does: throttling and server errors are tried again, 25 times in all with
 * pauses that double up to 20 s (the AWS SDK for Go), and fail the resource only then. Each operation counts as its one main call, made before
 * anything takes effect; the calls by which the provider waits for a state are not played.
 */
export function retryingTypes(context: CloudContext, types: ResourceType[]): ResourceType[] {
  return types.map((type) => {
    const call = (verb: Verb, signal?: AbortSignal) => patiently(context, PROVIDER_CALLS[type.token]?.[verb], signal);
    const patient: ResourceType = {
      ...type,
      async create(inputs, operation) {
        await call("create", operation.signal);
        return type.create(inputs, operation);
      },
      async read(id, outputs) {
        await call("read");
        return type.read(id, outputs);
      },
      async delete(id, outputs, operation) {
        await call("delete", operation.signal);
        return type.delete(id, outputs, operation);
      },
    };
    if (type.update) {
      patient.update = async (id, inputs, old, operation) => {
        await call("update", operation.signal);
        return type.update!(id, inputs, old, operation);
      };
    }
    return patient;
  });
}

/** The same for functions. */
export function retryingFunctions(context: CloudContext, functions: ProviderFunction[]): ProviderFunction[] {
  return functions.map((fn) => ({
    ...fn,
    async call(args) {
      await patiently(context, FUNCTION_CALLS[fn.token]);
      return fn.call(args);
    },
  }));
}

/** @param call such as `ecs:CreateService`; nothing to do without */
async function patiently(context: CloudContext, call: string | null | undefined, signal?: AbortSignal): Promise<void> {
  if (!call) return;
  const [service = "", operation = ""] = call.split(":");
  for (let attempt = 1; ; attempt += 1) {
    const failure = failureOfCall(context, service, operation);
    if (!failure) return;
    if (attempt === MAX_ATTEMPTS) throw givenUp(context, { service, operation, cause: failure });
    await context.clock.sleep(pauseSeconds(context, attempt), signal);
  }
}

/** Somewhere between nothing and 2, 4, 8, 16 s; then 20 s each. */
function pauseSeconds({ random }: CloudContext, attempt: number): number {
  const longest = 2 ** attempt;
  return longest > MAX_PAUSE_SECONDS ? MAX_PAUSE_SECONDS : random.between(0, longest);
}
