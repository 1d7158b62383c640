import type { CloudContext } from "../kernel/context";
import { type ActiveFault, type Faults, untilEnded } from "../kernel/faults";

/** A database that faults can be injected into. */
export interface FaultyDatabase {
  readonly name: string;
  /** Cuts all connections, and takes none until `comeBack`. */
  goAway(): Promise<void>;
  comeBack(): Promise<void>;
  /** Holds all connections that are free. Returns what gives them back. */
  useUpConnections(): Promise<() => Promise<void>>;
  /** Delays each answer by so many real milliseconds; 0 ends it. */
  delayAnswers(ms: number): void;
}

type DatabaseFault = ActiveFault<"failover" | "connectionsUsedUp" | "slowDatabase">;
const KINDS = ["failover", "connectionsUsedUp", "slowDatabase"] as const;

/** Injects faults into databases, each once, and takes their effect back when the fault ends. */
export class DatabaseFaults {
  readonly #context: CloudContext;
  readonly #faults: Faults;
  readonly #databases: () => readonly FaultyDatabase[];
  readonly #unsubscribe: () => void;
  readonly #injected = new Map<DatabaseFault, Set<FaultyDatabase>>();

  /** @param databases those that are there now */
  constructor(context: CloudContext, faults: Faults, databases: () => readonly FaultyDatabase[]) {
    this.#context = context;
    this.#faults = faults;
    this.#databases = databases;
    this.#unsubscribe = faults.onChange(() => this.#update());
  }

  close(): void {
    this.#unsubscribe();
  }

  #update(): void {
    for (const fault of KINDS.flatMap((kind): DatabaseFault[] => this.#faults.ofKind(kind))) {
      const known = this.#injected.get(fault) ?? new Set();
      this.#injected.set(fault, known);
      const { database: wanted } = fault.parameters;
      for (const database of this.#databases()) {
        if (known.has(database) || (wanted !== undefined && wanted !== database.name)) continue;
        // Before the injection: a fault may end with it, and its end calls this method again.
        known.add(database);
        if (this.#faults.injectOne(fault, `the database ${database.name}`)) void this.#play(fault, database);
      }
    }
  }

  async #play(fault: DatabaseFault, database: FaultyDatabase): Promise<void> {
    const { clock, log } = this.#context;
    const { signal } = fault.ended;
    try {
      if ("awaySeconds" in fault.parameters) {
        await database.goAway();
        await clock.passes(fault.parameters.awaySeconds, signal);
        await database.comeBack();
        if (!signal.aborted) this.#faults.clear(fault.id);
      } else if ("seconds" in fault.parameters) {
        database.delayAnswers(clock.realMs(fault.parameters.seconds));
        await untilEnded(fault);
        database.delayAnswers(0);
      } else {
        const giveBack = await database.useUpConnections();
        await untilEnded(fault);
        await giveBack();
      }
    } catch (error) {
      log(`fault ${fault.id} ${fault.kind} of the database ${database.name}: ${(error as Error).message}`);
    }
  }
}
