import type { Colour } from "../../components/core/colour-name";
import type { ReleaseFault } from "../options";

interface PushedRelease {
  service: string;
  tag: string;
  colour: Colour;
}

/** Builds one release and pushes it. `variables` are `KEY=value`, baked into the image. */
type Push = (release: { service: string; tag: string; variables: string[] }) => Promise<unknown>;

/** The releases of a rehearsal's services, numbered by service: `v1`, `v2`, ... */
export class Releases {
  readonly #numbers = new Map<string, number>();
  readonly #push: Push;

  constructor(push: Push) {
    this.#push = push;
  }

  /**
   * Builds and pushes the next release of each service.
   * @param fault `missing` pushes nothing, so that the deploy asks for an image that does not exist; `errorsAfter` is
   * a fault of the cloud, not of the image
   * @returns the tags, and the colours that they will run on
   */
  async next(services: readonly string[], fault: ReleaseFault): Promise<PushedRelease[]> {
    const pushed: PushedRelease[] = [];
    for (const service of services) {
      const number = (this.#numbers.get(service) ?? 0) + 1;
      this.#numbers.set(service, number);
      const tag = `v${number}`;
      const variables = [`FAULT=${fault === "errorsAfter" ? "none" : fault}`];
      if (fault !== "missing") await this.#push({ service, tag, variables });
      // The first release goes to blue, then the colours alternate.
      pushed.push({ service, tag, colour: number % 2 === 1 ? "blue" : "green" });
    }
    return pushed;
  }
}
