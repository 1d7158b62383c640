/** The account that the cloud plays. */
export const ACCOUNT_ID = "123456789012";
