import type { EngineEvent, StepEventMetadata } from "@pulumi/pulumi/automation";
import { type ChangedResource, changesOf } from "../preview/change";
import { STACK_TYPE } from "./exported-state";

/** Operations that last as long as AWS takes, not as long as the controller works: instances boot, drain or end, records come in sync. */
const WAITING_TYPES = new Set(["aws:autoscaling/group:Group", "aws:route53/record:Record"]);

/** Follows one `up` by the engine's events: what is under way, what it waited for, what went wrong. */
export class UpProgress {
  readonly changes: Record<string, number> = {};
  readonly errors: string[] = [];
  /** The stack's, as of the last event that had them. */
  outputs: Record<string, unknown> | null = null;
  readonly #done: StepEventMetadata[] = [];
  readonly #running = new Map<string, { label: string; type: string; sinceMs: number }>();
  #doneCount = 0;
  #waitedMs = 0;
  #waitingSinceMs: number | null = null;

  constructor(private readonly onProgress: (line: string) => void) {}

  take(event: EngineEvent): void {
    const nowMs = Date.now();
    if (event.resourcePreEvent) {
      const { urn, type, op } = event.resourcePreEvent.metadata;
      if (op === "same" || op === "read") return;
      this.#running.set(urn, { label: `${op} ${labelOf(urn, type)}`, type, sinceMs: nowMs });
      if (WAITING_TYPES.has(type)) this.#waitingSinceMs ??= nowMs;
    } else if (event.resOutputsEvent || event.resOpFailedEvent) {
      const { urn } = (event.resOutputsEvent ?? event.resOpFailedEvent)!.metadata;
      if (this.#running.delete(urn)) this.#doneCount++;
      if (event.resOutputsEvent) this.#done.push(event.resOutputsEvent.metadata);
      if (event.resOutputsEvent?.metadata.type === STACK_TYPE)
        this.outputs = event.resOutputsEvent.metadata.new?.outputs ?? null;
      this.#closeWaiting(nowMs);
    } else if (event.diagnosticEvent && event.diagnosticEvent.severity === "error") {
      this.errors.push(cleaned(event.diagnosticEvent.message, event.diagnosticEvent.urn));
    } else if (event.summaryEvent) {
      Object.assign(this.changes, event.summaryEvent.resourceChanges);
    }
    this.onProgress(this.line());
  }

  /** Of AWS, that were changed. */
  get resources(): ChangedResource[] {
    return changesOf(this.#done, []).map(({ operation, urn }) => ({ operation, urn }));
  }

  get waitedSeconds(): number {
    return this.#waitedMs / 1000;
  }

  line(): string {
    const running = [...this.#running.values()].map(({ label }) => label);
    const shown = running.slice(0, 2).join(", ") + (running.length > 2 ? ` and ${running.length - 2} more` : "");
    return `${this.#doneCount} done${shown ? `; ${shown}` : ""}`;
  }

  #closeWaiting(nowMs: number): void {
    const waits = [...this.#running.values()].some(({ type }) => WAITING_TYPES.has(type));
    if (waits || this.#waitingSinceMs === null) return;
    this.#waitedMs += nowMs - this.#waitingSinceMs;
    this.#waitingSinceMs = null;
  }
}

/** `autoscaling/group users-green-group` */
function labelOf(urn: string, type: string): string {
  return `${type.split(":")[1] ?? type} ${urn.slice(urn.lastIndexOf("::") + 2)}`;
}

/** One line without colours and without the engine's own preamble. What the program itself says is the stack's, and needs no name before it. */
function cleaned(message: string, urn: string | undefined): string {
  const plain = message
    .replace(/<\{%[^%]*%\}>/g, "")
    .replace(/\s*\n\s*/g, " ")
    .trim();
  return urn && !urn.includes(`::${STACK_TYPE}::`) ? `${urn.slice(urn.lastIndexOf("::") + 2)}: ${plain}` : plain;
}
