import type { TargetFailure } from "../../../kernel/ports";

export interface Endpoint {
  address: string;
  port: number;
  /** Missing or null while nothing is wrong with it. */
  failure?: TargetFailure | null;
}

/** Where something listens for the host ports of instances. */
export class Endpoints {
  readonly #endpoints = new Map<string, Endpoint>();

  /** @param endpoint null when what listened there has stopped */
  set(instanceId: string, hostPort: number, endpoint: Endpoint | null): void {
    const key = keyOf(instanceId, hostPort);
    if (endpoint) this.#endpoints.set(key, endpoint);
    else this.#endpoints.delete(key);
  }

  find(instanceId: string, hostPort: number): Endpoint | null {
    return this.#endpoints.get(keyOf(instanceId, hostPort)) ?? null;
  }
}

function keyOf(instanceId: string, hostPort: number): string {
  return `${instanceId}:${hostPort}`;
}
