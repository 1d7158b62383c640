/** Version of the CLI that is downloaded or built. go.mod pins the same version. */
export const PULUMI_VERSION = "3.260.0";

/**
 * The oldest version of a CLI on PATH that is used: that of `@pulumi/pulumi` in package.json. A newer CLI works with an
 * older SDK, but an older CLI may lack a feature that the SDK needs.
 */
export const MINIMUM_PULUMI_VERSION = "3.248.0";

/** Version of Go that go.mod requires. Since Go 1.21 an older Go downloads it, where that is allowed. */
export const GO_VERSION = "1.26.6";
