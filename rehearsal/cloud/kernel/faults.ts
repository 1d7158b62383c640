import { setMaxListeners } from "node:events";
import { UserError } from "../../../components/core/user-error";
import type { CloudClock } from "./clock";
import type { CloudEvent } from "./events";
import { type FaultKind, type FaultParameters, LASTING, parseFault } from "./fault-kinds";
import { Subscribers } from "./subscribers";

/** A fault that is switched on, as the API shows it. */
export interface FaultStatus<Kind extends FaultKind = FaultKind> {
  id: string;
  kind: Kind;
  parameters: FaultParameters<Kind>;
  sinceMs: number;
  /** Number of injections so far. */
  strikes: number;
  /** Number of injections left; null without a limit. */
  remaining: number | null;
}

/** A fault that is switched on, with what its players need. */
export interface ActiveFault<Kind extends FaultKind = FaultKind> extends FaultStatus<Kind> {
  /** Number of occasions to inject the fault so far, for faults that begin with the n-th. */
  seen: number;
  /** Aborted when the fault is switched off. */
  ended: AbortController;
}

/** Resolves when the fault is switched off, at once if it is. */
export function untilEnded({ ended: { signal } }: Pick<ActiveFault, "ended">): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}

export interface FaultsContext {
  clock: CloudClock;
  emit(event: CloudEvent): void;
  log(line: string): void;
}

/**
 * The faults that are switched on in a cloud. A part that faults can be injected into asks here. Every injection is an event of the
 * cloud.
 */
export class Faults {
  readonly #context: FaultsContext;
  readonly #active = new Map<string, ActiveFault>();
  readonly #changes = new Subscribers<void>();
  readonly #injections = new Subscribers<ActiveFault>();
  #ids = 0;

  constructor(context: FaultsContext) {
    this.#context = context;
  }

  /** Calls the listener when a fault is switched on or off. Returns the unsubscribe function. */
  onChange(listener: () => void): () => void {
    return this.#changes.add(listener);
  }

  /** Calls the listener when a fault is injected. Returns the unsubscribe function. */
  onInjection(listener: (fault: ActiveFault) => void): () => void {
    return this.#injections.add(listener);
  }

  /**
   * Switches a fault on.
   * @param request a FaultRequest that is not checked yet
   * @throws UserError in one line
   */
  add(request: unknown): FaultStatus {
    const { kind, parameters } = parseFault(request);
    const fault: ActiveFault = {
      id: `f${++this.#ids}`,
      kind,
      parameters,
      sinceMs: Date.now(),
      strikes: 0,
      // A restart has no count: it is injected once.
      remaining: "awaySeconds" in parameters ? 1 : (parameters.count ?? null),
      seen: 0,
      ended: new AbortController(),
    };
    // Each change that the fault holds adds a listener.
    setMaxListeners(0, fault.ended.signal);
    this.#active.set(fault.id, fault);
    this.#tell(
      fault,
      "on",
      Object.entries(parameters)
        .map(([key, value]) => `${key}=${value}`)
        .join(" "),
    );
    if ("forSeconds" in parameters && parameters.forSeconds !== undefined) {
      this.#context.clock.sleep(parameters.forSeconds, fault.ended.signal).then(
        () => this.#end(fault),
        () => undefined,
      );
    }
    this.#changes.notify();
    return statusOf(fault);
  }

  list(): FaultStatus[] {
    return [...this.#active.values()].map(statusOf);
  }

  /**
   * Switches faults off, and returns them.
   * @param id of one fault; undefined for all
   * @throws UserError when there is no such fault
   */
  clear(id?: string): FaultStatus[] {
    const known = [...this.#active.values()];
    const cleared = id === undefined ? known : known.filter((fault) => fault.id === id);
    if (id !== undefined && cleared.length === 0) {
      throw new UserError(
        `there is no fault ${id}; switched on are ${known.map((fault) => fault.id).join(", ") || "none"}`,
      );
    }
    for (const fault of cleared) this.#end(fault);
    return cleared.map(statusOf);
  }

  ofKind<Kind extends FaultKind>(kind: Kind): ActiveFault<Kind>[] {
    return [...this.#active.values()].filter((fault): fault is ActiveFault<Kind> => fault.kind === kind);
  }

  /**
   * Returns the fault that is injected, and counts the injection; undefined if none is.
   * @param concerns whether a fault with those parameters is meant for the caller
   * @param where what is injected, for the event, such as `task 0a1b of users green`
   */
  inject<Kind extends FaultKind>(
    kind: Kind,
    concerns: (parameters: FaultParameters<Kind>) => boolean,
    where: string,
  ): ActiveFault<Kind> | undefined {
    return this.ofKind(kind).find((fault) => concerns(fault.parameters) && this.injectOne(fault, where));
  }

  /** Injects one fault. Returns false if its injections are used up, or if it begins with a later occasion. */
  injectOne(fault: ActiveFault, where: string): boolean {
    if (fault.remaining === 0 || fault.ended.signal.aborted) return false;
    fault.seen += 1;
    if ("nth" in fault.parameters && fault.seen < fault.parameters.nth) return false;
    fault.strikes += 1;
    if (fault.remaining !== null) fault.remaining -= 1;
    this.#tell(fault, "injected", where);
    this.#injections.notify(fault);
    if (fault.remaining === 0 && !LASTING.includes(fault.kind)) this.#end(fault);
    return true;
  }

  /** Ends every wait for a fault. */
  close(): void {
    for (const { ended } of this.#active.values()) ended.abort();
  }

  #end(fault: ActiveFault): void {
    if (!this.#active.delete(fault.id)) return;
    fault.ended.abort();
    this.#tell(fault, "off", `${fault.strikes} injection(s)`);
    this.#changes.notify();
  }

  #tell({ id, kind }: ActiveFault, state: "on" | "injected" | "off", detail: string): void {
    this.#context.emit({ kind: "fault", atMs: Date.now(), fault: kind, id, state, detail });
    this.#context.log(`fault ${id} ${kind} ${state}${detail && `: ${detail}`}`);
  }
}

function statusOf({ id, kind, parameters, sinceMs, strikes, remaining }: ActiveFault): FaultStatus {
  return { id, kind, parameters, sinceMs, strikes, remaining };
}
