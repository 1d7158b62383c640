export const COLOURS = ["blue", "green"] as const;
export type Colour = (typeof COLOURS)[number];

export function other(colour: Colour): Colour {
  return colour === "blue" ? "green" : "blue";
}
