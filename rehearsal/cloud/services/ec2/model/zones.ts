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

/** The Availability Zones of a Region, in the order of their names. */
export function zonesOf(region: string): { name: string; id: string }[] {
  const [area, direction, number] = region.split("-");
  const short = `${area}${DIRECTIONS[direction ?? ""] ?? direction}${number}`;
  const letters = FEWER[region] ?? LETTERS;
  return letters.map((letter) => ({ name: `${region}${letter}`, id: `${short}-az${LETTERS.indexOf(letter) + 1}` }));
}
