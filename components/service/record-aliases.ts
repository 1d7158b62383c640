import * as pulumi from "@pulumi/pulumi";
import { productionHost, testHost } from "../settings/host-names";

/** What one of a service's two names is for: requests of production, or those of tests. */
export type Use = "production" | "test";

/** Type of the component with the records of services' own hosts, and its name. */
export const HOST_RECORDS_TYPE = "aoshingo:hostRecords:HostRecords";
export const HOST_RECORDS = "hosts";

// A name can be first that of a service and then a host of another one, or the other way round. Its record is another resource
// then, and Route 53 refuses to create it before the former one is deleted, which a run does last (aws-rules R3). So the
// engine is told that both are the same: the record is changed in place, and the name never lacks one.

/** Logical name of the record of one of a service's names. */
export function nameRecord(service: string, use: Use): string {
  return `${service}-${use}-record`;
}

/** Logical name of the record of a host. */
export function hostRecord(host: string): string {
  return `${host}-record`;
}

/** The record that somebody imported, such as that of the site before: `pulumi import` puts it below the stack. */
export function asImported(name: string): pulumi.Alias {
  return { name, parent: pulumi.rootStackResource };
}

/** The record that a service's name had as a host of its own. */
export function asHostRecord(host: string): pulumi.Alias {
  return { name: hostRecord(host), parent: pulumi.createUrn(HOST_RECORDS, HOST_RECORDS_TYPE) };
}

/**
 * The records that a host had as the name of a service.
 * @param domain of the public edge
 * @param routing the component that such records are below: that of any service
 */
export function asNameRecords(host: string, domain: string, routing: pulumi.Resource): pulumi.Alias[] {
  const label = host.split(".")[0]!;
  const named: [service: string, use: Use][] = [[label, "production"]];
  const tested = label.replace(/-test$/, "");
  if (testHost(tested, domain) === host) named.push([tested, "test"]);
  return productionHost(label, domain) === host
    ? named.map(([service, use]) => ({ name: nameRecord(service, use), parent: routing }))
    : [];
}
