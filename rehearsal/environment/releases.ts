import type { Colour } from "../../components/core/colour-name";
import type { StackOutputs } from "../../components/live/outputs";
import { pushImage } from "../images/push-image";
import type { ReleaseFault } from "../options";
import { REGION } from "./cloud-args";

interface NextRelease {
  service: string;
  tag: string;
  colour: Colour;
}

/** The releases of a rehearsal's services, numbered by service: `v1`, `v2`, ... */
export class Releases {
  readonly #numbers = new Map<string, number>();
  readonly #environment: Record<string, string>;
  readonly #outputs: StackOutputs;

  constructor(environment: Record<string, string>, outputs: StackOutputs) {
    this.#environment = environment;
    this.#outputs = outputs;
  }

  /**
   * Builds and pushes the next release of each service.
   * @param fault `missing` pushes nothing, so that the deploy asks for an image that does not exist; `errorsAfter` is nothing that the image itself has
   * @returns the tags, and the colours that they will run on
   */
  async next(services: readonly string[], fault: ReleaseFault): Promise<NextRelease[]> {
    const pushed: NextRelease[] = [];
    for (const service of services) {
      const number = (this.#numbers.get(service) ?? 0) + 1;
      this.#numbers.set(service, number);
      const tag = `v${number}`;
      if (fault !== "missing") await this.#push(service, tag, fault);
      // The first release goes to blue, then they alternate.
      pushed.push({ service, tag, colour: number % 2 === 1 ? "blue" : "green" });
    }
    return pushed;
  }

  async #push(service: string, tag: string, fault: Exclude<ReleaseFault, "missing">): Promise<void> {
    await pushImage({
      service,
      repository: this.#outputs.services[service]!.repository.name,
      tag,
      environment: [`FAULT=${fault === "errorsAfter" ? "none" : fault}`],
      endpoint: this.#environment.AWS_ENDPOINT_URL!,
      region: REGION,
    });
  }
}
