/** A policy of IAM with the statements. */
export function policyDocument<Statement>(statements: readonly Statement[]) {
  return { Version: "2012-10-17", Statement: statements };
}
