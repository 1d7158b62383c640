import { COLOURS, type Colour } from "../../components/colour-name";
import type { Live, LiveColour, Release } from "../../components/live";
import type { StackOutputs } from "../../components/outputs";

/** Small live states and outputs for tests, written as `{ active: "blue", blue: ["v1", 2], green: null }`. */

const DIGEST_LENGTH = 64;

export function release(name: string): Release {
  return { name, image: `${REGISTRY}/users@sha256:${Buffer.from(name).toString("hex").padEnd(DIGEST_LENGTH, "0")}` };
}

export const REGISTRY = "111111111111.dkr.ecr.ap-northeast-1.amazonaws.com";

export type ColourSketch = [release: string, size: number] | null;

export function live(
  sketch: { active: Colour; blue: ColourSketch; green: ColourSketch },
  { service = "users", serial = 5 } = {},
): Live {
  const colour = (cell: ColourSketch): LiveColour =>
    cell === null ? { release: null, size: 0 } : { release: release(cell[0]), size: cell[1] };
  return {
    serial,
    services: {
      [service]: { active: sketch.active, colours: { blue: colour(sketch.blue), green: colour(sketch.green) } },
    },
  };
}

export function outputsOf(state: Live): StackOutputs {
  const service = (name: string) => ({
    kind: "api" as const,
    exposures: {
      public: { url: `https://${name}.example.jp`, testUrl: `https://${name}-test.example.jp`, zoneId: "Z1" },
    },
    repository: { url: `${REGISTRY}/${name}`, name },
    logGroup: `/aoshingo/${name}`,
    healthCheckPath: "/healthz",
    queue: null,
    colours: { blue: colourOutputs(name, "blue", state), green: colourOutputs(name, "green", state) },
  });
  return {
    live: state,
    region: "ap-northeast-1",
    edges: {
      public: {
        loadBalancers: {
          blue: { arn: "lb-blue", dnsName: "blue.elb.test" },
          green: { arn: "lb-green", dnsName: "green.elb.test" },
        },
      },
    },
    services: Object.fromEntries(Object.keys(state.services).map((name) => [name, service(name)])),
  };
}

function colourOutputs(name: string, colour: Colour, state: Live) {
  const runs = state.services[name]!.colours[colour].release;
  return {
    cluster: `${name}-${colour}`,
    ecsService: runs ? `${name}-${colour}` : null,
    autoScalingGroup: `${name}-${colour}`,
    taskDefinition: runs
      ? `arn:aws:ecs:ap-northeast-1:111111111111:task-definition/${name}-${colour}:${runs.name}`
      : null,
    migrationTaskDefinition: null,
    targetGroups: COLOURS.map((loadBalancer) => ({
      edge: "public" as const,
      loadBalancer,
      arn: `${name}-${colour}-on-${loadBalancer}`,
    })),
  };
}
