import { list, object, text } from "./forms";

export const ACTION = /^[a-z0-9-]+:[A-Za-z0-9*?]+$/;
/** Partition, service, region, account and resource. The last may have further colons, and the service has no wildcard (aws-rules I19). */
export const RESOURCE = /^(?:\*|arn:(?:aws[a-z-]*|[\w-]*[*?][\w*?-]*):[^:\s*?]+(?::[^:\s]*){2}:\S+)$/;

const ACTIONS_WANTED = "a list of actions, such as s3:GetObject";
const RESOURCES_WANTED = "a list of ARNs";

export const Statement = object({
  actions: list(text(ACTION, "an action, such as s3:GetObject"), ACTIONS_WANTED)
    .min(1, ACTIONS_WANTED)
    .describe("Actions that are allowed, as IAM spells them: s3:GetObject, or with wildcards."),
  resources: list(
    text(RESOURCE, "an ARN without a wildcard in its service, such as arn:aws:s3:::bucket/*, or *"),
    RESOURCES_WANTED,
  )
    .min(1, RESOURCES_WANTED)
    .describe("ARNs of the resources on which they are allowed; * for all."),
});
