import type { Colour } from "../../../components/core/colour-name";
import { type Live, type LiveService, liveAt } from "../../../components/live/live";
import type { DeployEvent } from "../../ports/events";
import {
  emptyService,
  type PageAnalysis,
  type PageModel,
  type PageRun,
  type PageService,
  type PageStep,
} from "./model";
import { changed, withService } from "./with-service";

/** Returns the model with one more event of a run. Pure. */
export function applyEvent(model: PageModel, event: DeployEvent): PageModel {
  const atMs = event.atMs - model.startMs;
  const next = { ...model, durationMs: Math.max(model.durationMs, atMs) };
  if (event.type === "deployStarted")
    return { ...next, stack: event.stack, notice: "", runs: [...model.runs, newRun(event, atMs)] };
  if (event.type === "notice" || event.type === "warning") return { ...next, notice: event.message };
  if (event.type === "routed")
    return Object.entries(event.to).reduce((model, [name, to]) => applyRouted(model, name, to, atMs), next);
  if (event.type === "live") return applyLive(next, liveAt(event.live, event.atMs), atMs);
  const run = model.runs.at(-1);
  // Recovery from a crash comes before the run.
  if (!run) return event.type === "progress" ? { ...next, notice: event.message } : next;
  return { ...next, runs: [...model.runs.slice(0, -1), applyRunEvent(run, event, atMs)] };
}

type RunEvent = Exclude<DeployEvent, { type: "deployStarted" | "notice" | "warning" | "live" | "routed" }>;

function newRun(event: Extract<DeployEvent, { type: "deployStarted" }>, atMs: number): PageRun {
  const { deploy, command, opened, direction, releases, first = [] } = event;
  return {
    deploy,
    command,
    opened,
    isBack: direction === "back",
    asked: releases,
    first,
    startedAtMs: atMs,
    endedAtMs: null,
    planned: [],
    steps: [],
    rollback: null,
    analyses: [],
    ended: null,
  };
}

function applyRunEvent(run: PageRun, event: RunEvent, atMs: number): PageRun {
  switch (event.type) {
    case "planned":
      return { ...run, planned: event.steps };
    case "rollbackStarted": {
      const failed = run.steps.findLast(({ ok }) => ok === false);
      return { ...run, rollback: { atMs, step: failed?.name ?? null, reason: event.reason } };
    }
    case "stepStarted":
      return { ...run, steps: [...run.steps, newStep(run, event, atMs)] };
    case "progress":
      return withLastStep(run, (step) => ({ ...step, progress: event.message }));
    case "stepEnded":
      return withLastStep(run, (step) => ({ ...step, endedAtMs: atMs, ok: event.ok, detail: event.detail }));
    case "analysed": {
      const { step, services } = event;
      const share = run.steps.at(-1)?.share ?? null;
      const isReplaced = (one: PageAnalysis) =>
        one.step === step && one.share === share && services.some(({ service }) => service === one.service);
      const analyses = services.map((service) => ({ ...service, step, share }));
      return { ...run, analyses: [...run.analyses.filter((one) => !isReplaced(one)), ...analyses] };
    }
    case "deployEnded": {
      const { ok, failedStep, reason, outcome, totalSeconds } = event;
      return { ...run, endedAtMs: atMs, ended: { ok, failedStep, reason, outcome, totalSeconds } };
    }
    case "up":
    case "waited":
      return run;
  }
}

function newStep(
  { rollback, isBack, opened }: PageRun,
  { step, title, share }: Extract<DeployEvent, { type: "stepStarted" }>,
  atMs: number,
): PageStep {
  return {
    name: step,
    title,
    share: share ?? null,
    startedAtMs: atMs,
    endedAtMs: null,
    ok: null,
    detail: "",
    progress: "",
    isRollback: rollback !== null || isBack || opened === "rollback",
  };
}

function withLastStep(run: PageRun, change: (step: PageStep) => PageStep): PageRun {
  const last = run.steps.at(-1);
  return last ? { ...run, steps: [...run.steps.slice(0, -1), change(last)] } : run;
}

/** In a rehearsal the shares come from the cloud, which reports each rule that changes: finer than live state. */
function applyLive(model: PageModel, live: Live, atMs: number): PageModel {
  return Object.entries(live.services).reduce(
    (next, [name, service]) =>
      withService(next, name, (was) => {
        const is = ofLive(was, service);
        if (model.kind === "rehearsal" || is.kind !== "api") return is;
        return { ...is, shares: changed(was.shares, { atMs, percent: percentOf(service) }, "percent") };
      }),
    model,
  );
}

/** A rollback routed a service's production to one colour, ahead of its `up`. */
function applyRouted(model: PageModel, name: string, to: Colour, atMs: number): PageModel {
  return withService(model, name, (service) => {
    if (model.kind === "rehearsal" || service.active === null) return service;
    const percent = to === "blue" ? { blue: 100, green: 0 } : { blue: 0, green: 100 };
    return { ...service, shares: changed(service.shares, { atMs, percent }, "percent") };
  });
}

function ofLive(was: PageService = emptyService(), { active, colours }: LiveService): PageService {
  const colour = (name: Colour) => ({
    ...was.colours[name],
    release: colours[name].release?.name ?? null,
    size: colours[name].size,
  });
  return { ...was, active, colours: { blue: colour("blue"), green: colour("green") } };
}

/** No colour gets requests while the active one has no release. */
function percentOf({ active, colours, idleShare = 0 }: LiveService): Record<Colour, number> {
  const all = colours[active].release === null ? 0 : 100 - idleShare;
  const of = (colour: Colour) => (colour === active ? all : idleShare);
  return { blue: of("blue"), green: of("green") };
}
