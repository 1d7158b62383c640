import type { DescribeCertificateCommandOutput } from "@aws-sdk/client-acm";
import type { ListResourceRecordSetsCommandOutput, Route53Client } from "@aws-sdk/client-route-53";
import type { GetServiceQuotaCommandOutput } from "@aws-sdk/client-service-quotas";
import { lastPart } from "../../components/core/arn";
import { type AwsLimits, LOOK_LIMITS } from "../core/aws-limits";
import type { Account, CallerIdentity, CertificateState } from "../ports/account";
import { ClockComparison } from "./clock-comparison";

/** Loads each client's code when it is first used, so that no check waits for the clients of another one. */
export class AwsAccount implements Account {
  readonly #config: { region: string } & AwsLimits;
  #route53Client: Route53Client | undefined;

  constructor(region: string) {
    this.#config = { region, ...LOOK_LIMITS };
  }

  async caller(): Promise<CallerIdentity> {
    const { GetCallerIdentityCommand, STSClient } =
      require("@aws-sdk/client-sts") as typeof import("@aws-sdk/client-sts");
    const clock = new ClockComparison();
    const client = clock.with(new STSClient(this.#config));
    const { Account = "", Arn = "" } = await client.send(new GetCallerIdentityCommand({}));
    return { account: Account, arn: Arn, clockAheadMs: clock.aheadMs() };
  }

  async quota(ServiceCode: string, QuotaCode: string): Promise<number> {
    const { GetAWSDefaultServiceQuotaCommand, GetServiceQuotaCommand, NoSuchResourceException, ServiceQuotasClient } =
      require("@aws-sdk/client-service-quotas") as typeof import("@aws-sdk/client-service-quotas");
    const client = new ServiceQuotasClient(this.#config);
    const quota = { ServiceCode, QuotaCode };
    const found: GetServiceQuotaCommandOutput = await client
      .send(new GetServiceQuotaCommand(quota))
      .catch((error: unknown) => {
        // A quota that was never changed may have no value of the account's own.
        if (error instanceof NoSuchResourceException) return client.send(new GetAWSDefaultServiceQuotaCommand(quota));
        throw error;
      });
    const value = found.Quota?.Value;
    if (value === undefined) throw new Error(`${ServiceCode} ${QuotaCode} has no value`);
    return value;
  }

  async hasLoadBalancers(): Promise<boolean> {
    const { DescribeLoadBalancersCommand, ElasticLoadBalancingV2Client } =
      require("@aws-sdk/client-elastic-load-balancing-v2") as typeof import("@aws-sdk/client-elastic-load-balancing-v2");
    const { LoadBalancers = [] } = await new ElasticLoadBalancingV2Client(this.#config).send(
      new DescribeLoadBalancersCommand({}),
    );
    return LoadBalancers.length > 0;
  }

  async hasSecret(SecretId: string): Promise<boolean> {
    const { DescribeSecretCommand, ResourceNotFoundException, SecretsManagerClient } =
      require("@aws-sdk/client-secrets-manager") as typeof import("@aws-sdk/client-secrets-manager");
    try {
      const found = await new SecretsManagerClient(this.#config).send(new DescribeSecretCommand({ SecretId }));
      return found.DeletedDate === undefined;
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return false;
      throw error;
    }
  }

  async certificate(CertificateArn: string): Promise<CertificateState> {
    const { ACMClient, DescribeCertificateCommand } =
      require("@aws-sdk/client-acm") as typeof import("@aws-sdk/client-acm");
    const command = new DescribeCertificateCommand({ CertificateArn });
    const { Certificate }: DescribeCertificateCommandOutput = await new ACMClient(this.#config).send(command);
    const { Status = "", SubjectAlternativeNames = [], NotAfter, FailureReason, RenewalSummary } = Certificate ?? {};
    const isRenewalStuck =
      RenewalSummary?.RenewalStatus === "FAILED" || RenewalSummary?.RenewalStatus === "PENDING_VALIDATION";
    const renewal = isRenewalStuck ? `its renewal is ${RenewalSummary.RenewalStatus}` : "";
    return {
      status: Status,
      names: SubjectAlternativeNames,
      expiresAtMs: NotAfter?.getTime() ?? null,
      reason: [FailureReason, renewal].filter(Boolean).join(", "),
    };
  }

  async zone(domain: string): Promise<{ id: string; nameServers: string[] } | null> {
    const { GetHostedZoneCommand, ListHostedZonesByNameCommand } = this.#route53;
    const { HostedZones = [] } = await this.#client.send(new ListHostedZonesByNameCommand({ DNSName: domain }));
    const zone = HostedZones.find(({ Name, Config }) => Name === `${domain}.` && !Config?.PrivateZone);
    if (!zone) return null;
    const { DelegationSet } = await this.#client.send(new GetHostedZoneCommand({ Id: zone.Id }));
    return { id: lastPart(zone.Id ?? ""), nameServers: DelegationSet?.NameServers ?? [] };
  }

  async recordTypes(zoneId: string, names: readonly string[]): Promise<Record<string, string[]>> {
    const { ListResourceRecordSetsCommand } = this.#route53;
    const found: Record<string, string[]> = {};
    for (const name of names) {
      const page: ListResourceRecordSetsCommandOutput = await this.#client.send(
        new ListResourceRecordSetsCommand({ HostedZoneId: zoneId, StartRecordName: name }),
      );
      const same = (page.ResourceRecordSets ?? []).filter((record) => record.Name === `${name}.`);
      if (same.length > 0) found[name] = same.map(({ Type = "" }) => Type);
    }
    return found;
  }

  get #route53() {
    return require("@aws-sdk/client-route-53") as typeof import("@aws-sdk/client-route-53");
  }

  get #client(): Route53Client {
    this.#route53Client ??= new this.#route53.Route53Client(this.#config);
    return this.#route53Client;
  }
}
