import { z } from "zod";
import { MAX_FURTHER_DOMAINS } from "./limits";
import { Ci } from "./schema/ci";
import { DATABASE_NAME, Database } from "./schema/database";
import { Deploy } from "./schema/deploy";
import { DOMAIN, list, map, object, oneOf, SERVICE_NAME, secret, text } from "./schema/forms";
import { FreezeWindow } from "./schema/freeze";
import { Network } from "./schema/network";
import { NOTIFY_WANTED, Notify } from "./schema/notify";
import { Service } from "./schema/service";

export const CONTAINER_INSIGHTS = ["disabled", "enabled", "enhanced"] as const;

/** Web ACLs of load balancers are regional ones. */
const WEB_ACL = /^arn:aws[\w-]*:wafv2:[a-z0-9-]+:\d{12}:regional\/webacl\/[\w-]{1,128}\/[\w-]{1,36}$/;
const DOMAIN_WANTED = "a domain name in lower case of up to 64 characters, such as example.jp";
const DOMAINS_WANTED = "a list of domain names, such as [example.com]";

const WEB_ACL_WANTED =
  "the ARN of a regional web ACL, such as arn:aws:wafv2:ap-northeast-1:123456789012:regional/webacl/shop/0123abcd";

const HEADER_WANTED = "the name of a header, such as x-preview: up to 40 letters, digits and hyphens, and not Host";

/** Settings as users write them. `ServiceSettings` is a service's settings with all defaults filled in. */
export const SettingsSchema = object({
  domain: text(DOMAIN, DOMAIN_WANTED)
    .max(64, DOMAIN_WANTED)
    .describe("A public hosted zone of this name must exist in Route 53."),
  furtherDomains: list(text(DOMAIN, DOMAIN_WANTED).max(64, DOMAIN_WANTED), DOMAINS_WANTED)
    .max(MAX_FURTHER_DOMAINS, `${DOMAINS_WANTED}, at most ${MAX_FURTHER_DOMAINS}`)
    .describe(
      "Domains of services' hosts beside domain. Each has a public hosted zone in Route 53, and gets a certificate.",
    )
    .default([]),
  services: map(SERVICE_NAME, Service, "a map from service name to its settings").describe(
    "One block for each service: adding it creates everything that the service needs, removing it deletes that.",
  ),
  databases: map(DATABASE_NAME, Database, "a map from a database's name to its settings")
    .describe("One block for each database: PostgreSQL on RDS. Services connect to it that name it in uses.")
    .default({}),
  testHeader: object({
    name: text(/^(?!host$)[A-Za-z0-9-]{1,40}$/i, HEADER_WANTED).describe("Name of the header, such as x-preview."),
    value: secret().describe("Where the header's value is kept: 20 to 128 letters, digits, hyphens and underscores."),
  })
    .describe(
      "Requests with this header reach the idle colour under the production name and under own hosts. Default: none.",
    )
    .optional(),
  notify: z
    .array(Notify, { error: NOTIFY_WANTED })
    .describe("Where notifications go when a run starts, waits for approval, cuts over, rolls back and ends.")
    .default([]),
  cutover: oneOf(["routed", "dns"])
    .describe(
      "routed: rules on both load balancers, then records. dns: only the records, as in the original procedure.",
    )
    .default("routed"),
  network: Network.describe("The VPC of the stack: a new one, or one that exists already.").prefault({}),
  deploy: Deploy.describe("How deploys go: their times, the ramp, and what makes a release a bad one.").prefault({}),
  freeze: z
    .array(FreezeWindow, { error: "a list of maps of from, to, zone and except" })
    .describe("Times of each week in which nothing is deployed. Taking an unfinished run back stays possible.")
    .default([]),
  ci: Ci.describe(
    "Roles that jobs on GitHub may take to deploy and to preview. Without it there are no such roles.",
  ).optional(),
  containerInsights: oneOf(CONTAINER_INSIGHTS)
    .describe(
      "Metrics of each cluster, service and task in CloudWatch, for which CloudWatch charges. To switch them off again give disabled: clusters keep what they have. Default: the account's own setting.",
    )
    .optional(),
  webAcl: text(WEB_ACL, WEB_ACL_WANTED)
    .describe(
      "ARN of a web ACL of AWS WAF in the region of the stack, which then sees every request to the public load balancers. Default: none.",
    )
    .optional(),
  deletionProtection: z
    .boolean({ error: "true or false" })
    .describe(
      "Load balancers and databases cannot be deleted, nor can the buckets of the deploy store and of access logs unless they are empty. Image repositories, and the log groups of sessions (`exec`), stay in the account when the stack deletes them. Other log groups are deleted.",
    )
    .default(true),
});
