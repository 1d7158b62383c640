import { outboundRules } from "../group-rules";
import { edgeDomain } from "../host-names";
import { defaultInternalPort } from "../internal-port";
import { MAX_GROUP_RULES, MAX_SERVICES } from "../limits";
import { problem } from "../problem";
import { EXPOSURES, GRPC_METHOD, HEALTH_PATHS } from "../schema/kinds";
import { asMap, type RawService } from "./raw-service";

/** Characters of a certificate's first name. */
const MAX_CERTIFICATE_NAME = 64;

/** Problems of what services share on an edge: limits of its load balancers, its certificate, its ports. */
export function edgeProblems(services: readonly RawService[], domain: unknown): string[] {
  return [
    ...EXPOSURES.flatMap((edge) => {
      const count = services.filter(({ edges }) => edges.includes(edge)).length;
      const why = "a load balancer has 100 target groups and a service takes two: move some to a stack of their own";
      return count > MAX_SERVICES
        ? [problem(["services"], count, `at most ${MAX_SERVICES} services on the edge ${edge} (${why})`)]
        : [];
    }),
    ...callCountProblems(services),
    ...services.flatMap(outboundProblems),
    ...domainProblems(services, domain),
    ...portProblems(services),
  ];
}

function callCountProblems(services: readonly RawService[]): string[] {
  const count = services.reduce((sum, { calls }) => sum + new Set(calls).size, 0);
  const why = "each is one of the 60 rules that a security group has: move some services to a stack of their own";
  return count > MAX_GROUP_RULES
    ? [problem(["services"], count, `at most ${MAX_GROUP_RULES} calls in all (${why})`)]
    : [];
}

function outboundProblems({ name, calls, egress, uses }: RawService): string[] {
  const count = outboundRules({ calls: [...new Set(calls)], egress, uses });
  const wanted = `at most ${MAX_GROUP_RULES} outbound rules of its security group (one for HTTPS, and one for each of calls, egress and uses: name fewer, or a whole network in place of single addresses in egress)`;
  return count > MAX_GROUP_RULES ? [problem(["services", name], count, wanted)] : [];
}

function domainProblems(services: readonly RawService[], domain: unknown): string[] {
  if (typeof domain !== "string" || !services.some(({ edges }) => edges.includes("internal"))) return [];
  const name = `*.${edgeDomain("internal", domain)}`;
  const longest = MAX_CERTIFICATE_NAME - (name.length - domain.length);
  if (domain.length <= longest) return [];
  return [
    problem(
      ["domain"],
      domain,
      `at most ${longest} characters while a service is internal: its certificate is for ${name}`,
    ),
  ];
}

function portProblems(services: readonly RawService[]): string[] {
  const owners = new Map<unknown, string>();
  return services
    .filter(({ edges }) => edges.includes("internal"))
    .flatMap(({ name, values }) => {
      const given = values.internalPort;
      const port = given ?? defaultInternalPort(name);
      const owner = owners.get(port);
      if (owner === undefined) owners.set(port, name);
      const what = given === undefined ? `${port}, which its name gives,` : "this one";
      const wanted = `a port of its own from 1024 to 65535: ${what} is that of ${owner}`;
      return owner === undefined ? [] : [problem(["services", name, "internalPort"], given, wanted)];
    });
}

/** The problem of a gRPC service whose health check is no method (aws-rules E57). */
export function protocolProblems({ name, values, kind }: RawService): string[] {
  const { path } = asMap(values.healthCheck);
  if (kind !== "api" || values.protocol !== "grpc" || typeof path !== "string" || GRPC_METHOD.test(path)) return [];
  const wanted = `the path of a method, such as ${HEALTH_PATHS.grpc}, because protocol is grpc`;
  return [problem(["services", name, "healthCheck", "path"], path, wanted)];
}
