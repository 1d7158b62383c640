/**
 * A value as one line: a version, a space and JSON. With the number in front the CLI takes it for text and shows its first
 * 150 characters; text that is JSON alone is shown in full, one line for each value.
 */
export function versionedText(version: number, value: unknown): string {
  return `${version} ${JSON.stringify(value)}`;
}

/** Returns the version of such a text, and its value; nothing of a text that has another form. */
export function parseVersionedText(text: string): { version?: number; value?: unknown } {
  const [, version, json] = /^(\d+) (.*)$/s.exec(text) ?? [];
  return version === undefined || json === undefined ? {} : { version: Number(version), value: JSON.parse(json) };
}
