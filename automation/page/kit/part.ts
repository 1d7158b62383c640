import type { Markup } from "./markup";

/** A part of the page. Its place is there from the start, and stays empty while there is nothing to say. */
export interface Part {
  /** Unique in the page. */
  id: string;
  body: Markup | null;
  /** Read out when it changes; for one short line. */
  isStatus?: boolean;
}
