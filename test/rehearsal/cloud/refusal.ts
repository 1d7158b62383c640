import { AwsError } from "../../../rehearsal/cloud/kernel/aws-error";

/** What AWS answers to a call: `<code>: <message>`, or `accepted`. Other errors are thrown on. */
export function refusal(call: () => unknown): string {
  try {
    call();
    return "accepted";
  } catch (error) {
    if (error instanceof AwsError) return `${error.code}: ${error.message}`;
    throw error;
  }
}
