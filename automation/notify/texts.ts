import { approveCommand } from "../core/approve-command";
import { typed } from "../core/desired-releases";
import { withoutAccounts } from "../core/without-accounts";
import { durationText } from "../output/time-text";
import type { Notification } from "./notification";

/** GitHub's limit, in characters. */
const GITHUB_DESCRIPTION = 140;
/** SNS's limit, in ASCII characters. */
const SNS_SUBJECT = 100;
/** Limit in characters. A reason may be as long as the engine's error. */
const MAX_DETAIL = 500;

/** Returns the notification as a line of text, such as `prod: deploy users=v2 is done after 6 min 10 s`. */
export function textOf(notification: Notification): string {
  const { detail } = notification;
  return detail === "" ? headline(notification) : `${headline(notification)}: ${cut(detail, MAX_DETAIL)}`;
}

/** Returns the text without the details. */
function headline({ kind, stack, deploy, command, who, releases, seconds, outcome, production }: Notification): string {
  const run = `${stack}: ${[command, typed(releases)].filter(Boolean).join(" ")}`;
  const after = `after ${durationText(seconds)}`;
  const where = production === "" ? "" : `, in production: ${production}`;
  switch (kind) {
    case "started":
      return `${run} by ${who} begins`;
    case "waiting":
      return `${run} waits for approval: ${approveCommand(stack, deploy)}`;
    case "cutOver":
      return `${run} is cut over ${after}`;
    case "goingBack":
      return `${run} goes back ${after}`;
    case "done":
      return outcome === "takenBack"
        ? `${run} is done ${after}, the run was taken back${where}`
        : `${run} is done ${after}`;
    case "failed":
      return `${run} failed ${after}${outcome === "left" ? " and left something to do" : ""}${where}`;
  }
}

/** Returns the body of a request to an incoming webhook of Slack. */
export function slackBody(notification: Notification): { text: string } {
  const { kind, link } = notification;
  const text = escaped(textOf(notification));
  return { text: [MARKS[kind], text, link === null ? "" : `<${escaped(link)}|The run>`].filter(Boolean).join(" ") };
}

const MARKS: Record<Notification["kind"], string> = {
  started: ":large_blue_circle:",
  waiting: ":raised_hand:",
  cutOver: ":twisted_rightwards_arrows:",
  goingBack: ":leftwards_arrow_with_hook:",
  done: ":white_check_mark:",
  failed: ":x:",
};

/** Escapes the three characters of Slack's markup. */
function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** Returns the body of a request to any other webhook. */
export function webhookBody(notification: Notification): object {
  return { version: 1, text: textOf(notification), ...notification };
}

/** Returns the `Subject` and `Message` for an SNS topic. */
export function snsMessage(notification: Notification): { Subject: string; Message: string } {
  const { link } = notification;
  return {
    Subject: cut(headline(notification).replace(/[^ -~]/g, "?"), SNS_SUBJECT, "..."),
    Message: [textOf(notification), link].filter(Boolean).join("\n"),
  };
}

/** Returns the status of a deployment on GitHub, where everybody may read it. */
export function githubStatus(notification: Notification): { state: string; description: string } {
  return {
    state: githubState(notification),
    description: cut(withoutAccounts(textOf(notification)), GITHUB_DESCRIPTION),
  };
}

function githubState({ kind, outcome }: Notification): string {
  if (kind === "failed" || kind === "goingBack") return "failure";
  if (kind !== "done") return kind === "waiting" ? "pending" : "in_progress";
  // The run was taken back, so its deployment failed.
  return outcome === "takenBack" ? "failure" : "success";
}

function cut(text: string, length: number, end = "…"): string {
  return text.length <= length ? text : `${text.slice(0, length - end.length)}${end}`;
}
