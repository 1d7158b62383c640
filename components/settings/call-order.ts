/** The services by name, each with the services that it calls. */
type Callers = Readonly<Record<string, { readonly calls: readonly string[] }>>;

/**
 * Service names, each after the services that it calls: the order in which rules and releases change. Services that
 * call each other in a circle have no such order. There the service that is reached first, by name, comes after its
 * callee, and the call back is against the order (`callsInOrder` leaves it out). The same services give the same
 * order however they are sorted. Calls to services that are not in `services` do not count.
 */
export function callOrder(services: Callers): string[] {
  const entered = new Set<string>();
  const order: string[] = [];
  const enter = (name: string) => {
    if (entered.has(name)) return;
    entered.add(name);
    calleesOf(services, name).forEach(enter);
    order.push(name);
  };
  Object.keys(services).sort().forEach(enter);
  return order;
}

/**
 * For each service, the services that it calls and that come before it in `callOrder`. A dependency from a service on
 * these never forms a circle.
 */
export function callsInOrder(services: Callers): Record<string, string[]> {
  const order = callOrder(services);
  return Object.fromEntries(
    order.map((name, place) => [name, calleesOf(services, name).filter((callee) => order.indexOf(callee) < place)]),
  );
}

function calleesOf(services: Callers, name: string): string[] {
  const calls = services[name]?.calls ?? [];
  return [...new Set(calls)].filter((callee) => Object.hasOwn(services, callee)).sort();
}
