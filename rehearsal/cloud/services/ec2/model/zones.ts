import type { CloudContext } from "../../../kernel/context";

export interface Zone {
  name: string;
  id: string;
  /** The Region for an Availability Zone, else what an account opts in to, such as `us-west-2-lax-1`. */
  group: string;
  type: "availability-zone" | "local-zone";
}

const LETTERS = ["a", "b", "c"];
/** Regions that give an account fewer zones (N13). */
const FEWER: Readonly<Record<string, readonly string[]>> = { "us-west-1": ["a", "c"] };
const DIRECTIONS: Record<string, string> = {
  north: "n",
  south: "s",
  east: "e",
  west: "w",
  central: "c",
  northeast: "ne",
  northwest: "nw",
  southeast: "se",
  southwest: "sw",
};

/** The zones of a Region that an account can use. */
export class Zones {
  readonly #optedIn: Zone[] = [];
  readonly #short: string;

  constructor(private readonly context: Pick<CloudContext, "region">) {
    const [area, direction, number] = context.region.split("-");
    this.#short = `${area}${DIRECTIONS[direction ?? ""] ?? direction}${number}`;
  }

  /** The Availability Zones, in the order of their names. */
  get ordinary(): Zone[] {
    const { region } = this.context;
    return (FEWER[region] ?? LETTERS).map((letter) => ({
      name: `${region}${letter}`,
      id: `${this.#short}-az${LETTERS.indexOf(letter) + 1}`,
      group: region,
      type: "availability-zone",
    }));
  }

  /** With those that the account has opted in to, as EC2 shows them by default, in the order of their names (N14). */
  get all(): Zone[] {
    return [...this.ordinary, ...this.#optedIn].sort((one, other) => (one.name < other.name ? -1 : 1));
  }

  /** Opts the account in to the Local Zones of a place, such as `lax`; here there is one. */
  optInToLocalZone(place: string): Zone {
    const group = `${this.context.region}-${place}-1`;
    const zone: Zone = { name: `${group}a`, id: `${this.#short}-${place}1-az1`, group, type: "local-zone" };
    this.#optedIn.push(zone);
    return zone;
  }
}
