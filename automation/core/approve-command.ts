/**
 * Returns the command with which a person approves the cutover of a run. With the run's id it approves no other one when it is
 * typed late.
 */
export function approveCommand(stack: string, deploy: string): string {
  return `npx aoshingo approve --stack ${stack} ${deploy}`;
}
