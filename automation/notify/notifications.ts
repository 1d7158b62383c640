import type { DeployEvent } from "../ports/events";
import type { Notification } from "./notification";

type Started = Extract<DeployEvent, { type: "deployStarted" }>;

/**
 * Returns a function that takes a run's events in their order and returns the notification of each event; null if the
 * event has none.
 */
export function notificationsOf(about: {
  who: string;
  link: string | null;
}): (event: DeployEvent) => Notification | null {
  let started: Started | null = null;
  let isBack = false;
  return (event) => {
    if (event.type === "deployStarted") {
      started = event;
      isBack = event.direction === "back";
    }
    if (event.type === "rollbackStarted") isBack = true;
    const news = newsOf(event, isBack);
    if (!started || !news) return null;
    const { stack, deploy, command, releases, atMs: startedMs } = started;
    const seconds = event.type === "deployEnded" ? event.totalSeconds : (event.atMs - startedMs) / 1000;
    const run = { atMs: event.atMs, stack, deploy, command, releases, seconds };
    return { ...about, ...run, detail: "", outcome: null, production: "", ...news };
  };
}

type News = Pick<Notification, "kind"> & Partial<Pick<Notification, "detail" | "outcome" | "production">>;

function newsOf(event: DeployEvent, isBack: boolean): News | null {
  switch (event.type) {
    case "deployStarted":
      return { kind: "started" };
    case "rollbackStarted":
      return { kind: "goingBack", detail: oneLine(event.reason) };
    case "stepStarted":
      return event.step === "approve" ? { kind: "waiting" } : null;
    case "stepEnded":
      return event.step === "cutover" && event.ok && !isBack
        ? { kind: "cutOver", detail: oneLine(event.detail) }
        : null;
    case "deployEnded": {
      const { ok, reason, outcome, production = "" } = event;
      return { kind: ok ? "done" : "failed", detail: oneLine(reason), outcome, production };
    }
    default:
      return null;
  }
}

function oneLine(text: string): string {
  return text.split("\n")[0]!;
}
