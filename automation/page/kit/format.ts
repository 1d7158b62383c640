import { countOf } from "../../../components/core/count-of";

/** With commas between thousands, whatever the machine's language: pages are compared. */
export function count(number: number): string {
  return number.toLocaleString("en-US");
}

/** `1,204 requests`, `1 request`. Only for nouns whose plural ends in `s`. */
export function counted(number: number, noun: string): string {
  return countOf(number, noun, count);
}

export function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

/** `users`, `users and doodle`, `users, doodle and mailer`. */
export function wordList(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

/** `4.2 s`, `2:05 min`, with a space that does not break between number and unit. */
export function formatSeconds(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 99.95) return `${seconds.toFixed(1)}\u00a0s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}\u00a0min`;
}

/** `1.3 ms`, `35 ms`, `1.2 s`. */
export function formatMs(milliseconds: number): string {
  if (milliseconds >= 1000) return formatSeconds(milliseconds);
  return `${milliseconds < 10 ? milliseconds.toFixed(1) : Math.round(milliseconds)}\u00a0ms`;
}

/** Tenths of a pixel are enough, and keep the page small. */
export function round(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}
