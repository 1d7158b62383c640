/** What the engine has answered about a resource of a service. */
interface Registered {
  service: string;
  isComponent: boolean;
  /** Undefined until it has answered. */
  urn?: string;
  id?: string;
  /** All properties, as the SDK has read them from the answer; undefined until then, and for a component. */
  properties?: Record<string, unknown>;
}

interface Answered extends Registered {
  urn: string;
}

/** Resources that the engine does not hear of in a run, by their places in the program. */
export type LeftOut = ReadonlyMap<string, Answered>;

export const NOTHING_LEFT_OUT: LeftOut = new Map();

/**
 * What the engine answered in one run of a program. The next run of the same process can leave out resources of services that
 * stay as they are: the program gets the same answers, and the engine hears nothing of them. It has to be told to exclude
 * them, or else it would delete them (docs/decisions/unchanged-services-left-out.md).
 */
export class RegisteredResources {
  /** Resources of services, by their places in the program. */
  readonly ofServices: Map<string, Registered>;
  /** By the URN of each resource, the URNs of those that it needs and that come before it in the state. */
  readonly #needed: Map<string, readonly string[]>;
  readonly #leftOutUrns: ReadonlySet<string>;
  readonly #refusing = new AbortController();

  private constructor(
    readonly leftOut: LeftOut,
    last: RegisteredResources | null,
  ) {
    const needed = last ? last.#needed : new Map<string, readonly string[]>();
    const urns = [...leftOut.values()].map(({ urn }) => urn);
    this.#leftOutUrns = new Set(urns);
    this.ofServices = new Map(leftOut);
    this.#needed = new Map(urns.map((urn) => [urn, needed.get(urn) ?? []]));
  }

  static none(): RegisteredResources {
    return new RegisteredResources(NOTHING_LEFT_OUT, null);
  }

  /** Returns what a next run begins with. */
  next(leftOut: LeftOut): RegisteredResources {
    return new RegisteredResources(leftOut, this);
  }

  /** Aborts when a resource needs one that was left out: the engine must end before it hears of it. */
  get refused(): AbortSignal {
    return this.#refusing.signal;
  }

  /** Says whether the engine may hear of a resource that needs these; if not, `refused` aborts. */
  allows(needed: readonly string[]): boolean {
    if (needed.some((urn) => this.#leftOutUrns.has(urn))) this.#refusing.abort();
    return !this.refused.aborted;
  }

  /**
   * Keeps an answer.
   * @param needed URNs of the resources that it needs
   */
  answered({ urn, id }: { urn: string; id: string | undefined }, needed: readonly string[]): void {
    this.#needed.set(urn, needed);
    const registered = this.ofServices.get(placeIn(urn));
    if (registered) Object.assign(registered, { urn, id });
  }

  /**
   * Returns the resources of services other than these, without those that any other resource needs: in the state a
   * resource comes after all that it needs, and what is left out comes last.
   */
  ofServicesBut(changed: readonly string[]): LeftOut {
    const unchanged = [...this.ofServices.values()]
      .filter(isAnswered)
      .filter(({ service }) => !changed.includes(service));
    const leftOut = new Map(unchanged.map((one) => [one.urn, one]));
    const rest = [...this.#needed.keys()].filter((urn) => !leftOut.has(urn));
    for (let urn = rest.pop(); urn !== undefined; urn = rest.pop())
      for (const needed of this.#needed.get(urn) ?? []) if (leftOut.delete(needed)) rest.push(needed);
    return new Map([...leftOut].map(([urn, one]) => [placeIn(urn), one]));
  }
}

/** The place in the program that a URN ends with, after project and stack: types of ancestors, type and name. */
function placeIn(urn: string): string {
  return urn.split("::").slice(2).join("::");
}

function isAnswered(registered: Registered): registered is Answered {
  const { urn, isComponent, properties } = registered;
  return urn !== undefined && (isComponent || properties !== undefined);
}
