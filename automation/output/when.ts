const MINUTES = "2026-11-25T09:30".length;

/** `2026-11-25 09:30`, in UTC. */
export function when(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, MINUTES).replace("T", " ");
}
