/**
 * Returns the folder in a bucket to which Elastic Load Balancing writes for an account, with a slash at its end.
 * @param prefix of the keys, without slashes at its ends; may be empty
 */
export function logDeliveryFolder(prefix: string, accountId: string): string {
  return `${prefix === "" ? "" : `${prefix}/`}AWSLogs/${accountId}/`;
}
