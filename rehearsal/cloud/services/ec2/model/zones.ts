const LETTERS = ["a", "b", "c"];
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
  return LETTERS.map((letter, index) => ({ name: `${region}${letter}`, id: `${short}-az${index + 1}` }));
}
