import { AwsError, NotReadyError } from "../kernel/aws-error";

/**
 * Runs the calls that come after the one that made the resource. If AWS refuses one, the resource exists all the same: the engine has to keep it,
 * and the next update finishes it.
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
