/** Something that breaks, in a state. */
export interface Finding {
  /** Such as `v1 on v2's schema`. */
  state: string;
  /** The request or command that shows it, such as `POST /users`; empty if it is none. */
  subject: string;
  /** What is wrong, such as `500 (alone: 201)`. */
  problem: string;
  /** Why, as PostgreSQL or the service says it, such as `column "name" does not exist`; empty if neither said anything. */
  cause: string;
}

/** A finding with what tells it from others. Of several with one key only the first is told. */
export interface KeyedFinding extends Finding {
  key: string;
  /** Said by PostgreSQL or the service in so many words: it needs no second run. */
  isSure?: boolean;
  /** What two processes of one release may show as well, if they keep something in memory. */
  place?: string;
}

/** Returns the one line of a finding. */
export function lineOf({ state, subject, problem, cause }: Finding): string {
  const what = [subject, problem].filter(Boolean).join(" ");
  return `${state}: ${what}${cause === "" ? "" : `, ${cause}`}`;
}

/** Returns findings that differ only in their subject as one, with all subjects. */
export function together(findings: readonly Finding[]): Finding[] {
  const merged = new Map<string, Finding & { subjects: string[] }>();
  for (const { subject, ...finding } of findings) {
    const key = JSON.stringify(finding);
    const known = merged.get(key);
    if (known) known.subjects.push(subject);
    else merged.set(key, { ...finding, subject, subjects: [subject] });
  }
  return [...merged.values()].map(({ subjects, ...finding }) => ({
    ...finding,
    subject: [...new Set(subjects)].join(", "),
  }));
}

/** Returns the first finding of each key, in their order. */
export function firstOfEach(findings: readonly KeyedFinding[]): KeyedFinding[] {
  const known = new Set<string>();
  return findings.filter(({ key }) => !known.has(key) && known.add(key));
}
