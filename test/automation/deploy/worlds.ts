import { COLOURS, type Colour } from "../../../components/core/colour-name";
import { configurationOf, configurationText } from "../../../components/live/configuration";
import type { Live, LiveColour } from "../../../components/live/live";
import type { ColourOutputs, ExposureOutputs, ServiceOutputs, StackOutputs } from "../../../components/live/outputs";
import { configurationOfRelease, type Release, tagOf } from "../../../components/live/release";
import { knownImages } from "../../../components/live/sidecars";
import { type Exposure, parseSettings, type ServiceSettings } from "../../../components/settings/settings";

/** Small live states and outputs for tests, written as `{ active: "blue", blue: ["v1", 2], green: null }`. */

const DIGEST_LENGTH = 64;

/** A release of this tag, deployed with settings that differ from the defaults in what is given. */
export function release(name: string, service = "users", settings: object = {}): Release {
  const digest = Buffer.from(tagOf(name)).toString("hex").padEnd(DIGEST_LENGTH, "0");
  const { services } = parseSettings({ domain: "example.jp", services: { [service]: { kind: "api", ...settings } } });
  const configuration = configurationOf(services[service]!, () => ({ version: "1" }), knownImages({}));
  return { name, image: `${REGISTRY}/${service}@sha256:${digest}`, configuration: configurationText(configuration) };
}

export const REGISTRY = "111111111111.dkr.ecr.ap-northeast-1.amazonaws.com";

export type ColourSketch = [release: string, size: number] | null;

export function live(
  sketch: { active: Colour; blue: ColourSketch; green: ColourSketch },
  { service = "users", serial = 5 } = {},
): Live {
  const colour = (cell: ColourSketch): LiveColour =>
    cell === null ? { release: null, size: 0 } : { release: release(cell[0], service), size: cell[1] };
  return {
    serial,
    services: {
      [service]: { active: sketch.active, colours: { blue: colour(sketch.blue), green: colour(sketch.green) } },
    },
  };
}

/** One state with the services of all; the serial is the first one's. */
export function together(...states: [Live, ...Live[]]): Live {
  return { serial: states[0].serial, services: Object.assign({}, ...states.map(({ services }) => services)) };
}

type Shape = Pick<ServiceSettings, "kind" | "exposure" | "queue" | "migrate">;
const PUBLIC_API: Shape = { kind: "api", exposure: ["public"], queue: null, migrate: undefined };

/** @param shapes by service; default: a public api */
export function outputsOf(state: Live, shapes: Readonly<Record<string, Shape>> = {}): StackOutputs {
  const shapeOf = (name: string) => shapes[name] ?? PUBLIC_API;
  const names = Object.keys(state.services);
  return {
    live: state,
    region: "ap-northeast-1",
    edges: Object.fromEntries(names.flatMap((name) => shapeOf(name).exposure.map((edge) => [edge, edgeOutputs(edge)]))),
    services: Object.fromEntries(names.map((name) => [name, serviceOutputs(name, shapeOf(name), state)])),
  };
}

function edgeOutputs(edge: Exposure) {
  const end = edge === "public" ? "elb.test" : "internal.elb.test";
  return {
    loadBalancers: {
      blue: { arn: `lb-${edge}-blue`, dnsName: `blue.${end}` },
      green: { arn: `lb-${edge}-green`, dnsName: `green.${end}` },
    },
  };
}

function serviceOutputs(name: string, shape: Shape, state: Live): ServiceOutputs {
  const rules = (edge: Exposure) => ({ blue: `${name}-at-${edge}-blue`, green: `${name}-at-${edge}-green` });
  const exposures: Record<Exposure, ExposureOutputs> = {
    public: {
      url: `https://${name}.example.jp`,
      testUrl: `https://${name}-test.example.jp`,
      zoneId: "Z1",
      productionRules: rules("public"),
    },
    internal: {
      url: `https://${name}.internal.example.jp:4711`,
      testUrl: `https://${name}-test.internal.example.jp:4711`,
      zoneId: "Z2",
      productionRules: rules("internal"),
    },
  };
  const queue = `https://sqs.ap-northeast-1.amazonaws.com/111111111111/aoshingo-test-${name}`;
  return {
    kind: shape.kind,
    exposures: Object.fromEntries(shape.exposure.map((edge) => [edge, exposures[edge]])),
    repository: { url: `${REGISTRY}/${name}`, name },
    logGroup: `/aoshingo/${name}`,
    healthCheckPath: shape.kind === "api" ? "/healthz" : null,
    queue: shape.queue && { url: queue, deadLetterUrl: `${queue}-dead-letter` },
    colours: { blue: colourOutputs(name, "blue", shape, state), green: colourOutputs(name, "green", shape, state) },
  };
}

function colourOutputs(name: string, colour: Colour, { exposure, migrate }: Shape, state: Live): ColourOutputs {
  const runs = state.services[name]!.colours[colour].release;
  const revision = (family: string) =>
    runs && `arn:aws:ecs:ap-northeast-1:111111111111:task-definition/${family}:${runs.name}`;
  const healthCheckPath = runs && configurationOfRelease(runs)?.healthCheck?.path;
  return {
    ...(healthCheckPath ? { healthCheckPath } : {}),
    cluster: `${name}-${colour}`,
    ecsService: runs ? `${name}-${colour}` : null,
    autoScalingGroup: `${name}-${colour}`,
    taskDefinition: revision(`${name}-${colour}`),
    migrationTaskDefinition: migrate === undefined ? null : revision(`${name}-${colour}-migrate`),
    targetGroups: exposure.flatMap((edge) =>
      COLOURS.map((loadBalancer) => ({
        edge,
        loadBalancer,
        loadBalancerArn: `lb-${edge}-${loadBalancer}`,
        arn: `${name}-${colour}-on-${edge === "public" ? "" : `${edge}-`}${loadBalancer}`,
      })),
    ),
  };
}
