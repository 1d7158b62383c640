import { AwsError, NotReadyError } from "../kernel/aws-error";

/**
 * Runs the calls that follow the one that created the resource. If AWS refuses one of them, the resource exists
 * nevertheless: the engine keeps it, and the next update finishes it.
 * @throws NotReadyError if AWS refuses a call
 */
export function completed(
  id: string,
  outputs: () => Record<string, unknown>,
  calls: () => void,
): { id: string; outputs: Record<string, unknown> } {
  try {
    calls();
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw new NotReadyError(`${error.code}: ${error.message}`, id, outputs());
  }
  return { id, outputs: outputs() };
}
