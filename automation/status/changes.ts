import { COLOURS, type Colour } from "../../components/core/colour-name";
import { freezeWindowText } from "../core/freeze-windows";
import type { Status, Unread } from "./status";
import { healthText, runOf, unlessEmpty, unreadLines } from "./status-text";

/** What has changed between two reads, one line each: for `--watch` without a terminal. */
export function changes(before: Status, now: Status): string[] {
  const names = [...new Set([...Object.keys(before.services), ...Object.keys(now.services)])];
  return [...runChanges(before, now), ...names.flatMap((name) => serviceChanges(name, before, now))];
}

/** Nothing is said of what was not read now or before: that it is not known is no end of a run. */
function runChanges(before: Status, now: Status): string[] {
  const isRead = (what: keyof Unread) => !before.unread?.[what] && !now.unread?.[what];
  const hidden: Partial<Status> = {
    ...(isRead("lease") ? {} : { lease: null }),
    ...(isRead("lease") && isRead("run") ? {} : { running: null, unfinished: null, unfinishedRun: null }),
    ...(isRead("freeze") ? {} : { frozen: null }),
  };
  const known = unreadLines(before.unread);
  return [
    ...unreadLines(now.unread).filter((line) => !known.includes(line)),
    ...readChanges({ ...before, ...hidden }, { ...now, ...hidden }),
  ];
}

function readChanges(before: Status, now: Status): string[] {
  const [was, is] = [before.lease, now.lease];
  const isOther = was?.fencing !== is?.fencing;
  const [step, stepBefore] = [now.running, before.running];
  const isOtherStep = step && (step.step !== stepBefore?.step || step.sinceMs !== stepBefore.sinceMs);
  const [freeze, freezeBefore] = [now.frozen, before.frozen];
  return [
    ...unlessEmpty(isOther && was ? `${was.holder.what} by ${was.holder.who} has ended` : ""),
    ...unlessEmpty(isOther && is ? `${is.holder.what} by ${is.holder.who} has begun` : ""),
    ...unlessEmpty(isOtherStep ? `${step.step} of ${step.services.join(", ")}` : ""),
    ...unlessEmpty(
      !is && now.unfinished && (was || now.unfinished !== before.unfinished) ? `${runOf(now)} is not finished` : "",
    ),
    ...unlessEmpty(freeze && !freezeBefore ? `frozen by ${freeze.who}: ${freeze.reason}` : ""),
    ...unlessEmpty(!freeze && freezeBefore ? "not frozen any more" : ""),
    ...unlessEmpty(windowChange(before, now)),
  ];
}

function windowChange({ freezeWindow: was }: Status, { freezeWindow: is }: Status): string {
  if ((was === null) === (is === null)) return "";
  return is ? `frozen by the settings ${freezeWindowText(is)}` : "not frozen by the settings any more";
}

function serviceChanges(name: string, before: Status, now: Status): string[] {
  const [was, is] = [before.live.services[name], now.live.services[name]];
  if (!was || !is) return was === is ? [] : [`${name} ${is ? "is new" : "is gone"}`];
  const share = (percent: number | undefined) => `${percent ?? 0} %`;
  return [
    ...unlessEmpty(was.active === is.active ? "" : `${name}: ${was.active} -> ${is.active} is active`),
    ...unlessEmpty(
      was.idleShare === is.idleShare
        ? ""
        : `${name}: share of the idle colour ${share(was.idleShare)} -> ${share(is.idleShare)}`,
    ),
    ...COLOURS.flatMap((colour) => colourChanges(name, colour, before, now)),
  ];
}

function colourChanges(name: string, colour: Colour, before: Status, now: Status): string[] {
  const [was, is] = [before, now].map(({ live, services }) => {
    const { release, size } = live.services[name]!.colours[colour];
    return {
      runs: `${release?.name ?? "nothing"} at ${size}`,
      health: healthText(services[name]?.health[colour] ?? null),
    };
  });
  return [
    ...unlessEmpty(was!.runs === is!.runs ? "" : `${name} ${colour}: ${was!.runs} -> ${is!.runs}`),
    ...unlessEmpty(was!.health === is!.health ? "" : `${name} ${colour} healthy: ${was!.health} -> ${is!.health}`),
  ];
}
