import { html, type Markup } from "../../kit/markup";
import type { Part } from "../../kit/page";
import type { PageModel } from "../model";
import { headlineOf, productionOf, rollbackSentence, type Verdict, verdictOf } from "../sentences";

/** The top of the page: the headline, the verdict, and the facts about the run. */
export function headParts(model: PageModel): Part[] {
  const run = model.runs.at(-1);
  // Once the run has ended the verdict gives the reason.
  const why = run && !run.ended ? rollbackSentence(run) : "";
  const lead = run ? [why, run.ended?.ok ? "" : productionOf(model, run)].filter(Boolean).join(" ") : "";
  return [
    { id: "head", body: head(model.kind, headlineOf(model)) },
    { id: "status", body: verdict(verdictOf(model)), isStatus: true },
    { id: "lead", body: html`${lead === "" ? null : html`<p class="lead">${lead}</p>`}${facts(factsOf(model))}` },
  ];
}

export function head(kind: string, headline: string): Markup {
  return html`<p class="brand"><span class="signal" aria-hidden="true"><i></i><i></i></span>aoshingo <span>${kind}</span></p>
<h1>${headline}</h1>`;
}

export function verdict({ kind, lead, text }: Verdict): Markup {
  return html`<p class="verdict ${kind}"><b>${lead}</b> ${text}</p>`;
}

export function facts(words: readonly string[]): Markup {
  return html`<p class="facts">${words.map((word) => html`<span>${word}</span> `)}</p>`;
}

function factsOf({ stack, startMs, runs }: PageModel): string[] {
  const run = runs.at(-1);
  return [`stack ${stack}`, timeOf(startMs), ...(run ? [run.command, `run ${run.deploy}`] : [])];
}

/** `2026-11-25 09:30 UTC` */
export function timeOf(unixMs: number): string {
  return `${new Date(unixMs).toISOString().slice(0, "2026-11-25T09:30".length).replace("T", " ")} UTC`;
}
