import type { Colour } from "../../components/core/colour-name";
import type { Change, ReleaseFault } from "../options";

export interface NextRelease {
  service: string;
  /** Name of the release, such as `v2`, or `v2+1` for the image of `v2` with other settings. */
  name: string;
  colour: Colour;
  /** What the deploy command is told: `users=v2`, or `users` for the image that runs. */
  argument: string;
}

/** Builds one release and pushes it. `variables` are `KEY=value`, baked into the image. */
type Push = (release: { service: string; tag: string; variables: string[] }) => Promise<unknown>;
/** Changes settings or secrets of the services. */
type ChangeSettings = (kind: Exclude<Change, "image">, services: readonly string[]) => Promise<void>;

interface Counts {
  /** Images. */
  images: number;
  /** Releases with the newest image, after the first. */
  changes: number;
  /** Releases in all. */
  releases: number;
}

/** The releases of a rehearsal's services: `v1`, `v2`, and `v2+1` with a change besides the image. */
export class Releases {
  readonly #counts = new Map<string, Counts>();

  constructor(
    private readonly push: Push,
    private readonly changeSettings: ChangeSettings,
  ) {}

  /**
   * Makes the next release of each service: builds and pushes an image, or changes settings or secrets.
   * @param fault of an image: `missing` pushes nothing, so that the deploy asks for an image that does not exist; `errorsAfter` is
   * a fault of the cloud, not of the image
   */
  async next(services: readonly string[], fault: ReleaseFault, change: Change = "image"): Promise<NextRelease[]> {
    if (change !== "image") await this.changeSettings(change, services);
    const next: NextRelease[] = [];
    for (const service of services) {
      const { images, changes, releases } = this.#counts.get(service) ?? { images: 0, changes: 0, releases: 0 };
      const isImage = change === "image";
      const now = { images: isImage ? images + 1 : images, changes: isImage ? 0 : changes + 1, releases: releases + 1 };
      this.#counts.set(service, now);
      const tag = `v${now.images}`;
      const variables = [`FAULT=${fault === "errorsAfter" ? "none" : fault}`];
      if (isImage && fault !== "missing") await this.push({ service, tag, variables });
      next.push({
        service,
        name: now.changes === 0 ? tag : `${tag}+${now.changes}`,
        // The first release goes to blue, then the colours alternate.
        colour: now.releases % 2 === 1 ? "blue" : "green",
        argument: isImage ? `${service}=${tag}` : service,
      });
    }
    return next;
  }
}
