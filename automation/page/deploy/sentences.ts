import { type Colour, other } from "../../../components/core/colour-name";
import { typed } from "../../core/desired-releases";
import { waysOn } from "../../deploy/unfinished-run";
import { capitalised, formatSeconds, wordList } from "../kit/format";
import type { PageModel, PageRun, PageService } from "./model";

/*
 * What a run did, in words for somebody who knows nothing of this project.
 */

/** `users v2 is in production` */
export function headlineOf(model: Pick<PageModel, "runs" | "isOver" | "stack" | "services">): string {
  const { runs, isOver, stack } = model;
  const run = runs.at(-1);
  if (!run) return isOver ? `Nothing was done on ${stack}` : `Getting ready: ${stack}`;
  const what = releasesOf(run);
  const is = Object.keys(run.asked).length > 1 ? "are" : "is";
  if (!run.ended && isOver) return `${what}: the run broke off`;
  if (run.opened === "rollback" && !run.isBack) return rollbackHeadline(run, what);
  if (run.opened === "retire") return retireHeadline(run, what);
  if (!run.ended)
    return directionOf(run) === "back"
      ? backHeadline(model, run, ["is being taken back", "are being taken back"])
      : `${what} ${is} on the way to production`;
  if (run.ended.outcome === "left") return `${what} stopped half-way`;
  if (run.ended.outcome === "done") return `${what} ${is} in production`;
  if (run.isBack) return backHeadline(model, run, ["was taken back", "were taken back"]);
  if (!reachedProduction(run)) return `${what} did not go to production`;
  const went = "went to production and";
  return backHeadline(model, run, [`${went} was taken back by itself`, `${went} were taken back by themselves`]);
}

/**
 * What becomes of the releases that are taken back, and which of the run's services stay.
 * @param verbs for one release, and for several
 */
function backHeadline(model: Pick<PageModel, "services">, run: PageRun, [one, several]: [string, string]): string {
  const staying = stayingOf(model, run);
  const asked = Object.entries(run.asked);
  const back = asked.filter(([name]) => !staying.includes(name));
  const headline = `${releasesOf({ asked: Object.fromEntries(back) })} ${back.length > 1 ? several : one}`;
  if (staying.length === 0) return headline;
  const stays = asked.filter(([name]) => staying.includes(name));
  return `${headline}; ${releasesOf({ asked: Object.fromEntries(stays) })} ${staying.length > 1 ? "stay" : "stays"} in production`;
}

function retireHeadline({ ended }: PageRun, what: string): string {
  if (!ended) return `The warm old colour beside ${what} is being stopped`;
  return ended.ok ? `The warm old colour beside ${what} is stopped` : `The warm old colour beside ${what} still runs`;
}

function rollbackHeadline({ ended }: PageRun, what: string): string {
  if (!ended) return `Production is going back to ${what}`;
  return ended.ok ? `Production is back on ${what}` : `Production did not get back to ${what}`;
}

export interface Verdict {
  kind: "good" | "bad" | "running";
  /** Begins with a symbol. */
  lead: string;
  text: string;
}

/** One line on how the run is doing, or how it ended. It changes with each step and not in between. */
export function verdictOf(model: PageModel): Verdict {
  const run = model.runs.at(-1);
  if (!run) return withoutRun(model);
  if (run.ended) {
    const took = formatSeconds(run.ended.totalSeconds * 1000);
    if (run.ended.ok) return { kind: "good", lead: "✔ Done", text: `in ${took}. ${productionOf(model, run)}` };
    return { kind: "bad", lead: "✘ Failed.", text: sentence(run.ended.reason) };
  }
  if (model.isOver)
    return {
      kind: "bad",
      lead: "✘ Broken off.",
      text: sentence(
        capitalised(waysOn({ command: run.opened, direction: directionOf(run), canGoBack: canGoBack(model, run) })),
      ),
    };
  const step = run.steps.findLast(({ endedAtMs }) => endedAtMs === null);
  const done = new Set(run.steps.map(({ name, share }) => `${name} ${share}`)).size;
  const of = run.rollback || run.planned.length < done ? "" : ` of ${run.planned.length}`;
  const lead = run.rollback ? "↩ Rolling back." : `● Step ${Math.max(1, done)}${of}.`;
  return { kind: run.rollback ? "bad" : "running", lead, text: step ? `${step.title}.` : "Planning." };
}

/** A command may find that nothing is left to do. */
function withoutRun({ isOver, isRefused, notice }: PageModel): Verdict {
  if (!isOver) return { kind: "running", lead: "●", text: notice };
  return isRefused ? { kind: "bad", lead: "✘", text: notice } : { kind: "good", lead: "✔", text: notice };
}

/** Why the run rolled back, and when; "" if it did not. */
export function rollbackSentence({ rollback }: PageRun): string {
  if (!rollback) return "";
  const { step, atMs, reason } = rollback;
  const cause = step === null ? "A person asked for the rollback" : `The step “${step}” failed`;
  return `${cause} after ${formatSeconds(atMs)}: ${sentence(reason)}`;
}

/** `Green answers all of production.`, for each of the run's services. */
export function productionOf({ services }: PageModel, run: PageRun): string {
  const names = Object.keys(run.asked).filter((name) => services[name]);
  return names
    .map((name) => {
      const which = Object.keys(services).length > 1 ? `${name}: ` : "";
      return `${which}${whoAnswers(services[name]!)}`;
    })
    .join(" ");
}

function whoAnswers({ kind, active, colours, shares }: PageService): string {
  if (active === null || colours[active].release === null) return "no release is active yet.";
  const idle = shares.at(-1)?.percent[other(active)] ?? 0;
  const named = (colour: Colour) => `${capitalised(colour)} (${colours[colour].release})`;
  if (kind === "job") return `the schedule starts ${named(active)}.`;
  if (kind === "worker") {
    const running = [active, other(active)].filter((colour) => colours[colour].size > 0);
    return running.length === 0
      ? "no colour takes messages."
      : `${wordList(running.map(named))} ${running.length === 1 ? "takes" : "take"} messages.`;
  }
  if (idle > 0)
    return `${named(active)} answers ${100 - Math.round(idle)} % of production, ${named(other(active))} the rest.`;
  return `${named(active)} answers all of production.`;
}

/** `users v2 and doodle v7` */
export function releasesOf({ asked }: Pick<PageRun, "asked">): string {
  return wordList(Object.entries(asked).map(([service, image]) => askedFor(service, image))) || typed(asked);
}

function askedFor(service: string, image: string): string {
  return image === "" ? `${service} as it is configured now` : `${service} ${image.split(/[/:@]/).at(-1)}`;
}

/** True if production's requests, or some of them, were routed to the release that was asked for. */
function reachedProduction({ steps }: Pick<PageRun, "steps">): boolean {
  return steps.some(
    ({ name, isRollback, ok }) => !isRollback && ok !== null && (name === "cutover" || name === "ramp"),
  );
}

/** False where all that the run did was to make first releases active. */
function canGoBack(model: Pick<PageModel, "services">, run: PageRun): boolean {
  return stayingOf(model, run).length < Object.keys(run.asked).length;
}

/** The run's services whose first release is active: it stays, because there is none before it. */
function stayingOf({ services }: Pick<PageModel, "services">, { asked, first }: PageRun): string[] {
  const hasRelease = (name: string) => {
    const { active = null, colours } = services[name] ?? {};
    return active !== null && colours?.[active].release !== null;
  };
  return Object.keys(asked).filter((name) => first.includes(name) && hasRelease(name));
}

function directionOf({ isBack, rollback }: PageRun): "forward" | "back" {
  return isBack || rollback ? "back" : "forward";
}

/** Ends with a full stop. */
function sentence(text: string): string {
  const trimmed = text.trim();
  return /[.!?]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}
