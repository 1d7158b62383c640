/** Imported before the AWS SDK: its advice to leave Node 20 is for who keeps this project, not for who deploys with it. */
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
