import type { Live, Release } from "../../components/live/live";

export function activeRelease({ services }: Live, name: string): Release | null {
  const { active, colours } = services[name]!;
  return colours[active].release;
}

/** `users v2, doodle v7` */
export function activeReleases(live: Live, names: readonly string[]): string {
  return names.map((name) => `${name} ${activeRelease(live, name)?.name ?? "none"}`).join(", ");
}
