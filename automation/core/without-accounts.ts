/** The number of an AWS account, wherever it stands: in an ARN, a registry's host, a queue's URL, the words of an error. */
const ACCOUNT = /(?<![0-9A-Za-z])\d{12}(?![0-9A-Za-z])/g;

/**
 * Returns a text that everybody may read, without numbers of AWS accounts: AWS's errors have them, and anybody can read what is
 * written to GitHub in a public repository. What comes instead can stand in Markdown.
 */
export function withoutAccounts(text: string): string {
  return text.replace(ACCOUNT, "ACCOUNT");
}
