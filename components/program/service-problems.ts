import * as pulumi from "@pulumi/pulumi";
import { callsInOrder } from "../settings/call-order";
import { ownVariables } from "../settings/rules/variables";
import { VARIABLE_NAME } from "../settings/schema/forms";
import { ACTION, RESOURCE } from "../settings/schema/statement";
import type { Exposure, ServiceSettings } from "../settings/settings";
import type { CurrentStack } from "./current-stack";
import type { ServiceArgs } from "./service-args";

/** What is wrong with a service of the program, one line each, to be read after `new Service("users")`. */
export function serviceProblems(stack: CurrentStack, name: string, args: ServiceArgs | undefined): string[] {
  const { settings } = stack.facts;
  const service = settings.services[name];
  if (!service) {
    const known = Object.keys(settings.services).join(", ") || "none";
    return [
      `: aoshingo:services has no ${name}, wanted one of its services: ${known}. Add a block ${name} to the settings, or change the name here`,
    ];
  }
  if (stack.services[name]) return [" is there twice: wanted one component for each service"];
  if (!args?.network || args.network !== stack.network)
    return [": network is missing, wanted the Network of this program"];
  return [
    ...edgeProblems(stack, name, args),
    ...orderProblems(stack, name),
    ...environmentProblems(name, service, args.environment),
    ...statementProblems(args.iam),
  ];
}

function edgeProblems(
  { edges: all, facts, releases }: CurrentStack,
  name: string,
  { edges = [] }: ServiceArgs,
): string[] {
  const foreign = edges.flatMap((edge, place) => (edge && all[edge.name] === edge ? [] : [place]));
  if (foreign.length > 0)
    return [`: edges[${foreign[0]}] is not an Edge of this program, wanted what new Edge("public", ...) returns`];
  const given = edges.map((edge) => edge.name);
  const { exposure, calls } = facts.settings.services[name]!;
  const { blue, green } = releases[name]!.grants;
  const reasons = new Map<Exposure, string>(exposure.map((edge) => [edge, `its exposure is [${exposure.join(", ")}]`]));
  const called = [...new Set([...calls, ...blue.calls, ...green.calls])];
  if (called.length > 0 && !reasons.has("internal")) reasons.set("internal", `it calls ${called.join(", ")}`);
  return [...reasons].flatMap(([edge, reason]) =>
    given.includes(edge)
      ? []
      : [`: edges are [${given.join(", ")}], wanted the ${edge} edge among them, because ${reason}`],
  );
}

/** A service changes after those that it calls, so they are there before it. */
function orderProblems({ facts, services }: CurrentStack, name: string): string[] {
  const late = callsInOrder(facts.settings.services)[name]!.filter((callee) => !services[callee]);
  return late.map(
    (callee) => ` comes before new Service("${callee}"), wanted it after, because ${name} calls ${callee}`,
  );
}

function environmentProblems(name: string, service: ServiceSettings, environment: ServiceArgs["environment"] = {}) {
  const { env, secrets } = service;
  const taken = ownVariables(service);
  return Object.entries(environment).flatMap(([variable, value]) => {
    const wrong = (wanted: string) => [`: environment.${variable}: wanted ${wanted}`];
    if (!VARIABLE_NAME.test(variable)) return wrong("a variable name of letters, digits and _, first no digit");
    if (taken.has(variable)) return wrong(`another variable: ${taken.get(variable)}`);
    if (variable in env || variable in secrets)
      return wrong(`a variable that aoshingo:services.${name} does not set: take it away from one of both`);
    return typeof value === "string" || pulumi.Output.isInstance(value) || value instanceof Promise
      ? []
      : wrong("text, or an output with text");
  });
}

function statementProblems(iam: ServiceArgs["iam"] = []): string[] {
  return iam.flatMap(({ actions = [], resources = [] }, place) => {
    const wrong = (what: string) => [`: iam[${place}].${what}`];
    const action = actions.find((one) => !ACTION.test(one));
    if (actions.length === 0 || action !== undefined)
      return wrong(`actions: given ${JSON.stringify(action ?? actions)}, wanted actions, such as s3:GetObject`);
    const resource = resources.find((one) => typeof one === "string" && !RESOURCE.test(one));
    return resources.length === 0 || resource !== undefined
      ? wrong(`resources: given ${JSON.stringify(resource ?? resources)}, wanted ARNs, or *`)
      : [];
  });
}
