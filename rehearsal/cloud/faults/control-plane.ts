import type { CloudContext } from "../kernel/context";
import type { Endpoint } from "../kernel/endpoint";
import type { ActiveFault } from "../kernel/faults";

/** The servers by which AWS is called. An injection of the fault `restart` stops them for a while. */
export class ControlPlane {
  readonly #context: CloudContext;
  readonly #endpoints: readonly Endpoint[];
  readonly #unsubscribe: (() => void)[];
  #isClosed = false;

  constructor(context: CloudContext, endpoints: readonly Endpoint[]) {
    this.#context = context;
    this.#endpoints = endpoints;
    const { faults } = context;
    this.#unsubscribe = faults
      ? [
          faults.onChange(() => {
            for (const fault of faults.ofKind("restart"))
              if (fault.parameters.operation === undefined) faults.injectOne(fault, "the provider and the AWS API");
          }),
          faults.onInjection((fault) => {
            // After the answer to the request that switched it on, and after the immediate effect of the call.
            if (fault.kind === "restart") setImmediate(() => void this.#restart(fault as ActiveFault<"restart">));
          }),
        ]
      : [];
  }

  close(): void {
    this.#isClosed = true;
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
  }

  async #restart({ id, parameters, ended }: ActiveFault<"restart">): Promise<void> {
    const { clock, faults, log } = this.#context;
    try {
      await Promise.all(this.#endpoints.map((endpoint) => endpoint.goAway()));
      await clock.sleep(parameters.awaySeconds, ended.signal).catch(() => undefined);
      if (this.#isClosed) return;
      await Promise.all(this.#endpoints.map((endpoint) => endpoint.comeBack()));
      log("the control plane is back");
    } catch (error) {
      log(`a part of the control plane is not back: ${(error as Error).message}`);
    }
    if (!ended.signal.aborted) faults?.clear(id);
  }
}
