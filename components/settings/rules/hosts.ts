import { edgeDomain, productionHost, testHost } from "../host-names";
import { MAX_RULES } from "../limits";
import { domainOf, type HostRoute, hostRoutes, levels, MAX_LEVELS, ruleCount } from "../own-hosts";
import { problem } from "../problem";
import { DOMAIN } from "../schema/forms";
import type { Exposure } from "../schema/kinds";
import { asTexts, type Raw, type RawService } from "./raw-service";

interface Claim extends HostRoute {
  service: string;
}

/** Problems of services' own hosts: their domains, names that are taken, and services that share a host. */
export function hostProblems(services: readonly RawService[], raw: Raw): string[] {
  const domain = typeof raw.domain === "string" ? raw.domain : "<domain>";
  const furtherDomains = asTexts(raw.furtherDomains);
  const open = services.filter(({ edges }) => edges.includes("public"));
  const domains = { domain, furtherDomains };
  return [
    ...furtherDomainProblems(open, domains),
    ...open.flatMap((service) => [...nameProblems(service, open, domains), ...levelProblems(service)]),
    ...claimProblems(open, raw.cutover),
    ...countProblems(services, raw.testHeader !== undefined),
    ...testHeaderProblems(raw),
  ];
}

interface Domains {
  domain: string;
  furtherDomains: string[];
}

/** A domain's zone takes every name of it: where another zone has a record for one, resolvers never ask that zone. */
function furtherDomainProblems(services: readonly RawService[], { domain, furtherDomains }: Domains): string[] {
  return furtherDomains.flatMap((further, place) => {
    const path = ["furtherDomains", place];
    const taken = takenBy(further, services, domain);
    if (taken !== undefined) return [problem(path, further, `another domain: ${taken}`)];
    if (further === domain) return [problem(path, further, "another domain than aoshingo:domain, which has its own")];
    const internal = edgeDomain("internal", domain);
    return further === internal || further.endsWith(`.${internal}`)
      ? [problem(path, further, `another domain: names below ${internal} are in the private zone of internal names`)]
      : [];
  });
}

/** Says in words which service has a host as one of its own names; undefined if none has. */
function takenBy(host: string, services: readonly RawService[], domain: string): string | undefined {
  const production = services.find(({ name }) => productionHost(name, domain) === host);
  if (production) return `${production.name} has it as its production name`;
  const test = services.find(({ name }) => testHost(name, domain) === host);
  return test && `${test.name} has it as its test name`;
}

function nameProblems({ name, hosts }: RawService, services: readonly RawService[], domains: Domains): string[] {
  const { domain } = domains;
  return hosts.flatMap((host, place) => {
    const path = ["services", name, "hosts", place];
    const taken = takenBy(host, services, domain);
    if (taken !== undefined) return [problem(path, host, `another name: ${taken}`)];
    if (host === edgeDomain("internal", domain))
      return [problem(path, host, "another name: it is the private zone of internal names")];
    if (domainOf(host, domains) !== undefined || !DOMAIN.test(host)) return [];
    // Nobody has a zone of a top-level domain.
    const above = /\..+\./.test(host) ? host.slice(host.indexOf(".") + 1) : host;
    const wanted = `${[domain, ...domains.furtherDomains].join(" or ")}, or a name one label below: a certificate covers one label. Or add ${above} to aoshingo:furtherDomains if it has a hosted zone`;
    return [problem(path, host, wanted)];
  });
}

function levelProblems({ name, paths = [] }: RawService): string[] {
  return paths.flatMap((path, place) =>
    levels(path.replace(/\/\*$/, "")) > MAX_LEVELS
      ? [problem(["services", name, "paths", place], path, `a path of at most ${MAX_LEVELS} levels`)]
      : [],
  );
}

/** Two services with the same path on the same host, and with `cutover: dns` two services on one host at all. */
function claimProblems(services: readonly RawService[], cutover: unknown): string[] {
  const claims = services.flatMap(({ name, hosts, paths }): Claim[] =>
    hostRoutes({ hosts: [...hosts], paths: paths && [...paths] }).map((route) => ({ service: name, ...route })),
  );
  return claims.flatMap(({ service, host, path }, place) => {
    const others = claims.slice(0, place).filter((claim) => claim.service !== service && claim.host === host);
    const same = others.find((claim) => claim.path === path);
    if (same) {
      const wanted = `a host or path of its own: ${same.service} answers ${path ?? "every other path"} on ${host}`;
      return [problem(["services", service, path === null ? "hosts" : "paths"], path ?? host, wanted)];
    }
    if (
      cutover !== "dns" ||
      others.length === 0 ||
      claims.findIndex((one) => one.service === service && one.host === host) !== place
    )
      return [];
    const wanted = `a host of its own with cutover: dns, whose load balancers serve one colour each: ${others[0]!.service} has ${host}, too. Or take cutover: routed`;
    return [problem(["services", service, "hosts"], host, wanted)];
  });
}

/** Services on an edge whose load balancers would have too many rules. On the internal one services have no hosts of their own. */
function countProblems(services: readonly RawService[], hasTestHeader: boolean): string[] {
  const onEdge = (edge: Exposure) => services.filter(({ edges }) => edges.includes(edge));
  const internal = onEdge("internal").map((service) => ({ ...service, hosts: [] }));
  const why = `2 for each service, one for each host and path, and with testHeader one more for each production name, host and path: name fewer, or move some services to a stack of their own`;
  const problems = [onEdge("public"), internal].flatMap((those) => {
    const rules = those.reduce((sum, service) => sum + ruleCount(service, hasTestHeader), 0);
    // Services alone are never too many rules: their target groups are too many before.
    const hasMore = hasTestHeader || those.some(({ hosts }) => hosts.length > 0);
    return rules > MAX_RULES && hasMore
      ? [problem(["services"], rules, `at most ${MAX_RULES} rules on a load balancer (${why})`)]
      : [];
  });
  return [...new Set(problems)];
}

/** A target group belongs to one load balancer, and with `cutover: dns` the active colour's knows no other colour. */
function testHeaderProblems({ cutover, testHeader }: Raw): string[] {
  if (cutover !== "dns" || testHeader === undefined) return [];
  return [
    problem(
      ["testHeader"],
      testHeader,
      "none with cutover: dns, whose load balancers serve one colour each; take cutover: routed",
    ),
  ];
}
