import type { Notification } from "../../../automation/notify/notification";

const STARTED: Notification = {
  kind: "started",
  atMs: 1_700_000_000_000,
  stack: "prod",
  deploy: "20261125T093000Z-7",
  command: "deploy",
  who: "me@here",
  releases: { users: "v2", doodle: "v7" },
  seconds: 0,
  detail: "",
  outcome: null,
  production: "",
  link: null,
};

export function notification(changes: Partial<Notification> = {}): Notification {
  return { ...STARTED, ...changes };
}
