import { COLOURS, type Colour } from "../../../components/core/colour-name";
import type { CloudEvent } from "../../cloud/kernel/events";

export interface GroupOwner {
  service: string;
  colour: Colour;
}

/** The services and colours that target groups belong to, by their names. */
export class GroupOwners {
  readonly #owners = new Map<string, GroupOwner>();

  /** @param cloud all events since the groups were created: their names are cut, so their tags say whose they are */
  constructor(cloud: readonly CloudEvent[]) {
    for (const event of cloud) {
      if (event.kind !== "targetGroup") continue;
      const { service } = event.tags;
      const colour = COLOURS.find((each) => each === event.tags.colour);
      if (service !== undefined && colour) this.#owners.set(event.name, { service, colour });
    }
  }

  /** Undefined for a group of nobody. */
  of(name: string): GroupOwner | undefined {
    return this.#owners.get(name);
  }

  /** The service of the group; else its name. */
  serviceOf(name: string): string {
    return this.of(name)?.service ?? name;
  }
}

/** Whether this is the name of the Auto Scaling group of a service's colour, `<service>-<colour>-instances-<suffix>`. */
export function isGroupOf(autoScalingGroup: string, { service, colour }: GroupOwner): boolean {
  const name = `${service}-${colour}-instances`;
  return autoScalingGroup.startsWith(name) && /^(?:-[0-9a-f]+)?$/.test(autoScalingGroup.slice(name.length));
}
