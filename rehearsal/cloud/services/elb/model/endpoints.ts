import type { TargetEndpoint } from "../../../kernel/ports";

/** The endpoints on this machine that stand for the host ports of instances. */
export class Endpoints {
  readonly #endpoints = new Map<string, TargetEndpoint>();

  /** @param endpoint null when nothing listens on the host port any more */
  set(instanceId: string, hostPort: number, endpoint: TargetEndpoint | null): void {
    const key = keyOf(instanceId, hostPort);
    if (endpoint) this.#endpoints.set(key, endpoint);
    else this.#endpoints.delete(key);
  }

  find(instanceId: string, hostPort: number): TargetEndpoint | null {
    return this.#endpoints.get(keyOf(instanceId, hostPort)) ?? null;
  }
}

function keyOf(instanceId: string, hostPort: number): string {
  return `${instanceId}:${hostPort}`;
}
