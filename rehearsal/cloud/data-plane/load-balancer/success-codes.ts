/** Says whether a status code is a pass. */
export type SuccessCodes = (status: number) => boolean;

const PART = /^(\d{3})(?:-(\d{3}))?$/;

/**
 * Reads a health check's matcher.
 * @param matcher as AWS writes it: "200", "200-299", "200,202"; codes 200-499 (aws-rules E26)
 * @throws Error for anything else; the control plane has refused it long before
 */
export function parseSuccessCodes(matcher: string): SuccessCodes {
  const ranges = matcher.split(",").map((part) => {
    const found = PART.exec(part.trim());
    const low = Number(found?.[1]);
    const high = Number(found?.[2] ?? found?.[1]);
    if (!found || low < 200 || high > 499 || low > high) {
      throw new Error(`Health check matcher "${matcher}": "${part}" is not a code from 200 to 499 nor a range of them`);
    }
    return { low, high };
  });
  return (status) => ranges.some(({ low, high }) => low <= status && status <= high);
}
