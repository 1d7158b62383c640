import { UserError } from "../../../components/core/user-error";
import type { FaultRequest } from "../kernel/fault-kinds";
import type { FaultStatus } from "../kernel/faults";

/**
 * Path of the faults in the API, which is not AWS's. `GET` lists them, `POST` switches one on, `DELETE` switches off
 * one (its id at the end) or all.
 */
export const FAULTS_PATH = "/_rehearsal/faults";

/** Switches faults of a running cloud on and off, through its API. */
export class FaultsClient {
  /** @param endpoint the cloud's AWS_ENDPOINT_URL */
  constructor(readonly endpoint: string) {}

  /**
   * Switches a fault on.
   * @throws UserError in one line that names an unknown kind or parameter
   */
  add(fault: FaultRequest): Promise<FaultStatus> {
    return this.#call("POST", "", fault);
  }

  list(): Promise<FaultStatus[]> {
    return this.#call("GET", "");
  }

  /**
   * Switches faults off, and returns them.
   * @param id of one fault; undefined for all
   */
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
