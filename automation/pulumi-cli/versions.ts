/** The CLI that is downloaded or built; go.mod pins the same one. */
export const PULUMI_VERSION = "3.260.0";

/**
 * The oldest CLI on PATH that is taken: the version of `@pulumi/pulumi` in package.json. A newer CLI works with an
 * older SDK; an older CLI may lack what the SDK asks of it.
 */
export const MINIMUM_PULUMI_VERSION = "3.248.0";

/** What go.mod asks for. Since Go 1.21 an older Go fetches it by itself, where that is allowed. */
export const GO_VERSION = "1.26.6";
