/**
 * Switches off the AWS SDK's warning about Node 20; imported before the SDK. The warning is for this project's
 * maintainers, not for its users.
 */
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
