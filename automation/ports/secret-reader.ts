/** Reads values that are kept outside the stack: where notifications go, and what a test needs. */
export interface SecretReader {
  /**
   * Returns the value that a reference names: `env:NAME`, `ssm:<name>` or `secretsmanager:<name>`.
   * @throws Error that contains the reference, never the value
   */
  value(reference: string, signal: AbortSignal): Promise<string>;
}
