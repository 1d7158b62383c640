import { credentialsProblemIn } from "../core/credentials-problem";

/** The CLI's words where nothing names a backend: it takes Pulumi Cloud then. */
const NO_BACKEND = "PULUMI_ACCESS_TOKEN must be set for login";

/**
 * Returns in one line for a person why the CLI failed.
 * @param text what it printed to stderr, or the Automation API's error message, which has that in it
 * @returns null if the text names no error
 */
export function cliError(text: string): string | null {
  if (namesNoBackend(text))
    return "the Pulumi CLI is not told where the state is: export PULUMI_BACKEND_URL, such as s3://example-pulumi-state, or run `pulumi login`";
  return credentialsProblemIn(text) ?? /^error: (.+)$/m.exec(text)?.[1] ?? null;
}

/** True if the CLI, which printed this text, was not told where the state is. */
export function namesNoBackend(text: string): boolean {
  return text.includes(NO_BACKEND);
}
