/** Both names are one label below the domain, so that the one wildcard certificate covers them (it covers exactly one label). */
export function productionHost(service: string, domain: string): string {
  return `${service}.${domain}`;
}

export function testHost(service: string, domain: string): string {
  return `${service}-test.${domain}`;
}
