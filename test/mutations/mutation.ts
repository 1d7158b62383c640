/** A change of one line that takes a rule's enforcement out, and the test that notices. */
export interface Mutation {
  /** Of the file below the project's folder that enforces the rule. */
  file: string;
  /** The code to change; it stands in the file once. */
  code: string;
  /** What stands there instead. */
  mutated: string;
  /** The test file that fails then, below the project's folder. */
  test: string;
}

/**
 * By rule of docs/aws-rules.md: the mutation that shows that a test holds the rule, or why there is nothing here to hold,
 * as a sentence.
 */
export type Proofs = Readonly<Record<string, Mutation | string>>;
