const SECONDS: Record<string, number> = { h: 3600, m: 60, s: 1, ms: 0.001 };

/**
 * A duration as Go writes it, such as `15m` or `1h30m`; `0` needs no unit. What cannot be read counts as 0, as in the provider.
 *
 * @returns AWS seconds, and the text as Go would print it
 */
export function parseDuration(written: string): { seconds: number; text: string } {
  const parts = [...written.matchAll(/(\d+(?:\.\d+)?)(ms|h|m|s)/g)];
  const isWhole = parts.map(([part]) => part).join("") === written;
  const seconds = isWhole ? parts.reduce((sum, [, count, unit]) => sum + Number(count) * SECONDS[unit!]!, 0) : 0;
  return { seconds, text: printed(seconds) };
}

function printed(seconds: number): string {
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  const head = hours > 0 ? `${hours}h${minutes}m` : minutes > 0 ? `${minutes}m` : "";
  return `${head}${seconds % 60}s`;
}
