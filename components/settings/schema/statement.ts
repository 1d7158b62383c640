import { list, object, text } from "./forms";

const ACTION = /^[a-z0-9-]+:[A-Za-z0-9*?]+$/;
const RESOURCE = /^(?:\*|arn:\S+)$/;

export const Statement = object({
  actions: list(text(ACTION, "an action, such as s3:GetObject"), "a list of actions, such as s3:GetObject").min(
    1,
    "a list of actions, such as s3:GetObject",
  ),
  resources: list(text(RESOURCE, "an ARN, or *"), "a list of ARNs").min(1, "a list of ARNs"),
});
