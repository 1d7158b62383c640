import { UserError } from "../../../components/core/user-error";
import { FAULTS_PATH } from "../api/faults";
import type { FaultRequest } from "../kernel/fault-kinds";
import type { FaultStatus } from "../kernel/faults";

/** Switches faults of a running cloud on and off, through its API. */
export class FaultsClient {
  /** @param endpoint the cloud's AWS_ENDPOINT_URL */
  constructor(readonly endpoint: string) {}

  /** @throws UserError in one line: a kind or a parameter that is not known */
  add(fault: FaultRequest): Promise<FaultStatus> {
    return this.#call("POST", "", fault);
  }

  list(): Promise<FaultStatus[]> {
    return this.#call("GET", "");
  }

  /** @param id all if it is left out @returns what was switched off */
  clear(id?: string): Promise<FaultStatus[]> {
    return this.#call("DELETE", id === undefined ? "" : `/${encodeURIComponent(id)}`);
  }

  async #call<Result>(method: string, path: string, body?: object): Promise<Result> {
    const url = `${this.endpoint}${FAULTS_PATH}${path}`;
    const response = await fetch(url, { method, ...(body && { body: JSON.stringify(body) }) }).catch((error: Error) => {
      throw new UserError(`no rehearsal cloud answers at ${this.endpoint}: start one with \`make cloud\``, {
        exitCode: 1,
        cause: error,
      });
    });
    const text = await response.text();
    if (response.ok) return JSON.parse(text) as Result;
    const refusal = response.headers.get("content-type") === "application/json" ? JSON.parse(text).error : undefined;
    throw new UserError(refusal ?? `what answers at ${this.endpoint} is no rehearsal cloud (HTTP ${response.status})`);
  }
}
