import * as pulumi from "@pulumi/pulumi";
import type { Colour } from "../core/colour-name";
import { mapValues } from "../core/map-values";
import { UserError } from "../core/user-error";
import { type Grants, unionOf } from "../live/grants";
import { keptGrantsWarning } from "../security/kept-grants";
import { byColour, type ServiceReleases } from "../security/release-grants";
import { Service as ServiceResources, type ServiceArgs as ServiceResourcesArgs } from "../service/service";
import { callsInOrder } from "../settings/call-order";
import { type CurrentStack, currentStack } from "./current-stack";
import type { ServiceArgs, StatementArgs } from "./service-args";
import { serviceProblems } from "./service-problems";

type ColourGrants = Record<Colour, Grants>;

/**
 * One microservice with its two colours, blue and green. Its settings are the block of its name in `aoshingo:services` of
 * `Pulumi.<stack>.yaml`, which the deploy command reads, too; `args` has only what the program alone can know.
 */
export class Service extends ServiceResources {
  /** @param name the name of its block in `aoshingo:services` */
  constructor(name: string, args: ServiceArgs, opts?: pulumi.ComponentResourceOptions) {
    const component = `new Service("${name}")`;
    const stack = currentStack(component);
    const problems = serviceProblems(stack, name, args);
    if (problems.length > 0) throw new UserError(problems.map((problem) => `${component}${problem}`).join("\n"));
    const releases = releasesWith(stack, name, args.iam);
    if (!stack.facts.state.isDeploy) warnOfKeptGrants(stack, name, releases);
    const grants = releases.apply((known) => known.grants);
    super(name, resourceArgs(stack, name, args, grants), opts);
    stack.services[name] = { service: this, environment: args.environment ?? {}, grants };
  }
}

/** What each colour runs with and is granted, with the statements of the program for the next release. */
function releasesWith(stack: CurrentStack, name: string, iam: ServiceArgs["iam"] = []): pulumi.Output<ServiceReleases> {
  const service = stack.facts.settings.services[name]!;
  return pulumi
    .output(known(iam))
    .apply((statements) =>
      statements.length === 0
        ? stack.releases[name]!
        : stack.releasesOf({ [name]: { ...service, iam: [...service.iam, ...statements] } })[name]!,
    );
}

/** Only the one who runs `pulumi up` gives rights; a deploy leaves them as they are. */
function warnOfKeptGrants(stack: CurrentStack, name: string, releases: pulumi.Output<ServiceReleases>): void {
  const live = stack.facts.state.live.services[name]!;
  releases.apply((known) => {
    const warning = keptGrantsWarning(name, live, known);
    return warning === null ? undefined : pulumi.log.warn(warning);
  });
}

function resourceArgs(
  stack: CurrentStack,
  name: string,
  { network, environment = {}, iam = [] }: ServiceArgs,
  grants: pulumi.Input<ColourGrants>,
): ServiceResourcesArgs {
  const { settings, account, state, last, keptRepositories, testHeader, tags } = stack.facts;
  const { releaseSettings, grants: declared } = stack.releases[name]!;
  const secrets = (colour: Colour) => stack.valuesFrom(releaseSettings[colour].secrets);
  const hasProgramValues = Object.keys(environment).length + iam.length > 0;
  // A deploy grants nothing new: its role may not.
  const isGranting = iam.length > 0 && !(state.isDeploy && last.grants?.[name]);
  return {
    ...{ account, network, settings, testHeader, tags, releaseSettings },
    ...{ edges: stack.edges, queues: stack.queues, jobs: stack.jobs, rulePriorities: stack.rulePriorities },
    databaseUsers: stack.databases.users,
    hasKeptRepository: keptRepositories.has(name),
    service: settings.services[name]!,
    live: state.live.services[name]!,
    previous: state.previous.services[name]!,
    isUnsettled: state.unsettled.includes(name),
    last: last.services?.[name]?.colours,
    hadExec: (last.services?.[name]?.execLogGroup ?? last.services?.[name]?.hadExec) !== undefined,
    grants: declared,
    iam: iam.length > 0 ? pulumi.output(grants).apply((all) => unionOf(all).iam) : unionOf(declared).iam,
    hasIam: isGranting || unionOf(declared).iam.length > 0,
    program: hasProgramValues ? { env: { ...environment }, iam: known(iam) } : undefined,
    secrets: byColour(secrets),
    sidecarSecrets: byColour((colour) =>
      mapValues(releaseSettings[colour].sidecars, (sidecar) => stack.valuesFrom(sidecar.secrets)),
    ),
    callees: callsInOrder(settings.services)[name]!.map((callee) => stack.services[callee]!.service),
  };
}

/** Statements without anything else that a program may have put into them. */
function known(iam: readonly StatementArgs[]): StatementArgs[] {
  return iam.map(({ actions, resources }) => ({ actions: [...actions], resources: [...resources] }));
}
