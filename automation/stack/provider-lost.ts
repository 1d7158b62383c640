import { StepFailed } from "../core/errors";

/**
 * gRPC's own words for a connection that broke or was refused (grpc-go: internal/transport and clientconn.go). The engine hands on a provider's errors as
 * text: there is nothing else to tell them by.
 */
const BROKEN = /error reading from server|error while dialing|transport is closing|closing transport due to/i;

/** The provider ended, or was out of reach, in the middle of an operation. What was under way may have taken effect; the operation can be run again. */
export class ProviderLost extends StepFailed {
  /** @param errors the engine's lines @returns null if they say something else */
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
