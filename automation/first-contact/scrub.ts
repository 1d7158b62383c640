/** What identifies an account or a thing in it, by what takes its place. */
const IDENTIFIERS: readonly [pattern: RegExp, instead: string][] = [
  [/arn:aws[\w-]*:[^\s'",;)]*/g, "<arn>"],
  [/\b[\w.-]+\.elb\.amazonaws\.com\b/g, "<load balancer>"],
  [/\b\d{12}\b/g, "<account>"],
  [/\b(?:i|eni|subnet|vpc|sg|fl|nat|eipalloc|lt|rtb|igw)-[0-9a-f]{8,}\b/g, "<id>"],
  [/\b(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{12,}\b/g, "<key>"],
  [/\b\d{1,3}(?:\.\d{1,3}){3}\b/g, "<address>"],
  [/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, "<request>"],
  // What EC2 says of a right that is missing names the caller, the account and the resource.
  [/(?<=Encoded authorization failure message: )\S+/g, "<encoded>"],
];

/** The names that a run's resources in AWS have in theirs. */
interface Named {
  project: string;
  stack: string;
  domain: string;
}

/** Returns the first line of a text without what identifies an account: `observed.json` can be shown to anybody. */
export function scrub(text: string, { project, stack, domain }: Named): string {
  const line = text.split("\n")[0]!;
  const known = IDENTIFIERS.reduce((scrubbed, [pattern, instead]) => scrubbed.replace(pattern, instead), line);
  const [ofProject, ofStack] = [project, stack].map((name) => name.replaceAll(".", "\\."));
  const ownName = new RegExp(`\\b${ofProject}[-/]${ofStack}\\b[\\w./-]*(?<!\\.)`, "g");
  return known.replaceAll(domain, "<domain>").replace(ownName, "<name>");
}
