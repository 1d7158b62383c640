import { credentialsProblemIn } from "../core/credentials-problem";
import { StepFailed } from "../core/errors";
import { beyondFreePlan, isBeyondFreePlan } from "../core/free-plan";
import { cliError } from "./cli-error";

/** How many of the engine's error lines are shown: the first ones are the cause. */
const ERRORS_SHOWN = 3;

/**
 * gRPC's own words for a connection that broke or was refused (grpc-go: internal/transport and clientconn.go). The
 * engine passes a provider's errors on as text, so there is nothing else to recognise them by.
 */
const BROKEN = /error reading from server|error while dialing|transport is closing|closing transport due to/i;

/**
 * The AWS SDK's words, in Go, for a call without an answer after all its attempts. Before it changes anything the CLI
 * calls KMS for the state's key and S3 for the state.
 */
const UNANSWERED = /operation error (\w+): \w+, exceeded maximum number of attempts/;

/**
 * Returns the cause of a failed operation in one line. The engine repeats a resource's error for the stack as a whole;
 * the resource's own lines are enough.
 * @param errors the engine's error lines
 * @param error what the Automation API threw: its message is the cause when there are no error lines
 */
export function causeOf(errors: readonly string[], { message }: Error): string {
  const causes = [...new Set(errors.filter((line) => !/(update|preview) failed$/.test(line)))];
  if (causes.length === 0) return cliError(message) ?? message;
  return credentialsProblemIn(causes.join("\n")) ?? causes.slice(0, ERRORS_SHOWN).join("; ");
}

/**
 * The provider ended or was out of reach in the middle of an operation. The changes in progress may have taken effect;
 * the operation can be run again.
 */
export class ProviderLost extends StepFailed {
  /** Returns null if the engine's error lines say something else. */
  static from(errors: readonly string[]): ProviderLost | null {
    const line = errors.find((error) => BROKEN.test(error));
    if (line === undefined) return null;
    const resource = /^[\w-]+(?=: )/.exec(line)?.[0];
    return new ProviderLost(
      `the provider went away in the middle of the update${resource ? ` (of ${resource}, for one)` : ""}`,
      line,
    );
  }
}

/** AWS did not answer the CLI before it had begun: nothing was changed, and the operation can be run again. */
export class AwsUnanswered extends StepFailed {
  /** Returns null if the message says something else. */
  static from(message: string): AwsUnanswered | null {
    const service = UNANSWERED.exec(message)?.[1];
    return service === undefined ? null : new AwsUnanswered(`AWS does not answer (${service})`, message);
  }
}

/** AWS's words for a change that the caller's policies do not allow. */
const FORBIDDEN = /^(?:([\w.-]+): )?.*is not authorized to perform: ([\w-]+:(?!Describe|Get|List)\w+)/s;

/** The role may not make a change: it is given what releases need, and other settings are `pulumi up`'s. */
class ChangeForbidden extends StepFailed {
  /** Returns null if the engine's error lines say something else. */
  static from(errors: readonly string[]): ChangeForbidden | null {
    const line = errors.find((error) => FORBIDDEN.test(error));
    if (line === undefined) return null;
    const [, resource, action] = FORBIDDEN.exec(line)!;
    return new ChangeForbidden(
      `the role may not do ${action}${resource === undefined ? "" : ` for ${resource}`}: CI's role may change releases only; other changes of the settings are for \`pulumi up\`, once no run is unfinished`,
      line,
    );
  }
}

/** What the account's Free plan does not allow. */
class BeyondFreePlan extends StepFailed {
  /** Returns null if the engine's error lines say something else. */
  static from(errors: readonly string[]): BeyondFreePlan | null {
    const line = errors.find(isBeyondFreePlan);
    if (line === undefined) return null;
    const [resource = "this"] = /^(?!FreeTier)[\w.-]+(?=: )/.exec(line) ?? [];
    return new BeyondFreePlan(beyondFreePlan(resource), line);
  }
}

/**
 * Returns the error of a failed operation.
 * @param errors the engine's error lines
 * @param error what the Automation API threw
 */
export function failureOf(errors: readonly string[], error: Error): StepFailed {
  if (errors.length === 0)
    // The SDK asks the metadata of an EC2 instance where it has found no credentials, and gets no answer elsewhere.
    return (
      (credentialsProblemIn(error.message) === null ? AwsUnanswered.from(error.message) : null) ??
      new StepFailed(causeOf(errors, error))
    );
  return (
    ProviderLost.from(errors) ??
    ChangeForbidden.from(errors) ??
    BeyondFreePlan.from(errors) ??
    new StepFailed(causeOf(errors, error))
  );
}
