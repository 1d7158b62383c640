import { openClients } from "../../../automation/first-contact/clients";
import { SERVICE, Trial } from "../../../automation/first-contact/trial";
import type { HttpClient } from "../../../automation/ports/http-client";
import type { Observer } from "../../../automation/ports/observer";
import { COLOURS, type Colour } from "../../../components/core/colour-name";
import type { ColourOutputs, StackOutputs } from "../../../components/live/outputs";

type Parts = ConstructorParameters<typeof Trial>[0];

export const REGION = "ap-northeast-1";
const ELB = `arn:aws:elasticloadbalancing:${REGION}:123456789012`;
/** Unix milliseconds at the start of a minute. */
export const START_MS = 1_796_000_400_000;

const byColour = <Value>(value: (colour: Colour) => Value) =>
  Object.fromEntries(COLOURS.map((colour) => [colour, value(colour)])) as Record<Colour, Value>;

const targetGroups = (colour: Colour): ColourOutputs["targetGroups"] =>
  COLOURS.map((loadBalancer) => ({
    edge: "public",
    loadBalancer,
    loadBalancerArn: `${ELB}:loadbalancer/app/public-${loadBalancer}/1`,
    arn: `${ELB}:targetgroup/users-${colour}-at-${loadBalancer}/2`,
  }));

/** A stack whose service is active on green; blue has been retired. */
const OUTPUTS = {
  live: { services: { [SERVICE]: { active: "green" } } },
  edges: {
    public: {
      loadBalancers: byColour((colour) => ({ arn: `${ELB}:loadbalancer/app/public-${colour}/1`, dnsName: colour })),
    },
  },
  services: {
    [SERVICE]: {
      healthCheckPath: "/healthz",
      exposures: {
        public: {
          url: "https://users.example.jp",
          testUrl: "https://users-test.example.jp",
          zoneId: "Z1",
          productionRules: byColour((colour) => `${ELB}:listener-rule/app/public-${colour}/1/2/3`),
        },
      },
      colours: byColour((colour) => ({
        cluster: `users-${colour}`,
        autoScalingGroup: `users-${colour}-group`,
        targetGroups: targetGroups(colour),
      })),
    },
  },
} as unknown as StackOutputs;

/** A trial in which time passes by sleeping alone, one AWS second in a second. Its clients ask whatever AWS there is. */
export class SampleTrial {
  nowMs = START_MS;
  readonly stop = new AbortController();
  readonly trial: Trial;

  constructor(
    parts: Partial<Omit<Parts, "http" | "observer">> & {
      http?: Pick<HttpClient, "get">;
      observer?: Partial<Observer>;
    } = {},
  ) {
    const all: Partial<Parts> = {
      ...{ project: "aoshingo", stack: "trial", region: REGION, domain: "example.jp", accountId: "123456789012" },
      timeScale: 1,
      clients: openClients(REGION),
      resolve: async (name) => [`${name}-1`, `${name}-2`],
      outputs: async () => OUTPUTS,
      signal: this.stop.signal,
      clock: {
        now: () => this.nowMs,
        sleep: async (ms) => {
          this.nowMs += ms;
        },
      },
      ...(parts as Partial<Parts>),
    };
    this.trial = new Trial(all as Parts);
  }

  /** AWS seconds since the beginning. */
  get seconds(): number {
    return (this.nowMs - START_MS) / 1000;
  }
}
