/** What identifies an account or a thing in it, by what takes its place. */
const IDENTIFIERS: readonly [pattern: RegExp, instead: string][] = [
  [/arn:aws[\w-]*:[^\s'",;)]*/g, "<arn>"],
  [/\b[\w.-]+\.elb\.amazonaws\.com\b/g, "<load balancer>"],
  [/\b\d{12}\b/g, "<account>"],
  [/\b(?:i|eni|subnet|vpc|sg|fl|nat|eipalloc|lt|rtb|igw)-[0-9a-f]{8,}\b/g, "<id>"],
  [/\b(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{12,}\b/g, "<key>"],
  [/\b\d{1,3}(?:\.\d{1,3}){3}\b/g, "<address>"],
  [/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, "<request>"],
];

/** Returns the first line of a text without what identifies an account: `observed.json` can be shown to anybody. */
export function scrub(text: string, domain: string): string {
  const line = text.split("\n")[0]!;
  const known = IDENTIFIERS.reduce((scrubbed, [pattern, instead]) => scrubbed.replace(pattern, instead), line);
  return known.replaceAll(domain, "<domain>");
}
