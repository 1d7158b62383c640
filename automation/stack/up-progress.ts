import type { EngineEvent, StepEventMetadata } from "@pulumi/pulumi/automation";
import { STACK_TYPE } from "../../components/core/pulumi-wire";
import type { ChangedResource } from "../ports/stack";
import { labelOf, nameOf, type PendingOperation } from "./exported-state";
import { isOfAws, resourceChanges } from "./resource-changes";

/**
 * Types whose operations last as long as AWS takes, not as long as the controller works: instances boot, drain or end,
 * records come in sync.
 */
const WAITING_TYPES = new Set(["aws:autoscaling/group:Group", "aws:route53/record:Record"]);

/** What the engine was about to do in a step, by the engine's name of the step. */
const OPERATION_TYPES: Readonly<Record<string, PendingOperation["type"]>> = {
  create: "creating",
  "create-replacement": "creating",
  update: "updating",
  delete: "deleting",
  "delete-replaced": "deleting",
};

/** The state of one `up`, from the engine's events: what is in progress, how long it waited, what went wrong. */
export class UpProgress {
  /** Count of resources, by the engine's operation. */
  readonly changes: Record<string, number> = {};
  /** The engine's error lines. */
  readonly errors: string[] = [];
  /** The operations that failed: what AWS has done of them is not known. */
  readonly failed: PendingOperation[] = [];
  /** The stack's outputs from the last event that had them; null before. */
  outputs: Record<string, unknown> | null = null;
  readonly #done: StepEventMetadata[] = [];
  readonly #running = new Map<string, { label: string; type: string }>();
  #doneCount = 0;
  #line = "";
  #waitedMs = 0;
  #waitingSinceMs: number | null = null;

  /**
   * @param onProgress called with each new line that says what is in progress
   * @param now returns milliseconds
   */
  constructor(
    private readonly onProgress: (line: string) => void,
    private readonly now: () => number = () => performance.now(),
  ) {}

  take(event: EngineEvent): void {
    const nowMs = this.now();
    if (event.resourcePreEvent) {
      const { urn, type, op } = event.resourcePreEvent.metadata;
      if (op === "same" || op === "read") return;
      this.#running.set(urn, { label: `${op} ${labelOf({ urn, type })}`, type });
      if (WAITING_TYPES.has(type)) this.#waitingSinceMs ??= nowMs;
    } else if (event.resOutputsEvent || event.resOpFailedEvent) {
      const { urn } = (event.resOutputsEvent ?? event.resOpFailedEvent)!.metadata;
      if (this.#running.delete(urn)) this.#doneCount++;
      if (event.resOutputsEvent) this.#done.push(event.resOutputsEvent.metadata);
      else this.failed.push(...pendingIn(event.resOpFailedEvent!.metadata));
      if (event.resOutputsEvent?.metadata.type === STACK_TYPE)
        this.outputs = event.resOutputsEvent.metadata.new?.outputs ?? null;
      this.#closeWaiting(nowMs);
    } else if (event.diagnosticEvent && event.diagnosticEvent.severity === "error") {
      this.errors.push(plainLine(event.diagnosticEvent.message, event.diagnosticEvent.urn));
    } else if (event.summaryEvent) {
      Object.assign(this.changes, event.summaryEvent.resourceChanges);
    }
    const line = this.line();
    // Most events are of resources that stay as they are.
    if (line === this.#line) return;
    this.#line = line;
    this.onProgress(line);
  }

  /** The resources of AWS that were changed. */
  get resources(): ChangedResource[] {
    return resourceChanges(this.#done, []).map(({ change: { operation, urn } }) => ({ operation, urn }));
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

/** Returns a failed step as an operation without a result; nothing for what asks AWS for no change. */
function pendingIn(step: StepEventMetadata): PendingOperation[] {
  const { op, new: next, old } = step;
  const type = OPERATION_TYPES[op];
  const resource = next ?? old;
  return type && resource && isOfAws(step) ? [{ type, resource }] : [];
}

/**
 * Returns a message in one line, without colours and without the engine's preamble. A message of the program itself
 * gets no name in front.
 */
function plainLine(message: string, urn: string | undefined): string {
  const plain = message
    .replace(/<\{%[^%]*%\}>/g, "")
    .replace(/\s*\n\s*/g, " ")
    .trim();
  return urn && !urn.includes(`::${STACK_TYPE}::`) ? `${nameOf(urn)}: ${plain}` : plain;
}
