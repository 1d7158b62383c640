/** A list price in ap-northeast-1, without taxes and free tiers. */
interface Price {
  usd: number;
  unit: string;
  /** AWS's name in its price list (usage type) and the day on which it was read there; or another source. */
  source: string;
}

/** Hours of an average month, as AWS's own calculator counts them. */
export const HOURS_A_MONTH = 730;

/** When all prices were looked up last. The page says where to look them up. */
export const LOOKED_UP = "2026-11-25";

export const PRICES = {
  loadBalancer: { usd: 0.0243, unit: "hour", source: "`APN1-LoadBalancerUsage`, price list of 2026-08-27" },
  loadBalancerUnits: { usd: 0.008, unit: "LCU hour", source: "`APN1-LCUUsage`, price list of 2026-08-27" },
  natGateway: { usd: 0.062, unit: "hour", source: "`APN1-NatGateway-Hours`, price list of 2026-09-25" },
  natTraffic: { usd: 0.062, unit: "GB", source: "`APN1-NatGateway-Bytes`, price list of 2026-09-25" },
  publicAddress: { usd: 0.005, unit: "hour", source: "`APN1-PublicIPv4:InUseAddress`, price list of 2026-09-25" },
  volume: { usd: 0.096, unit: "GB and month", source: "`APN1-EBS:VolumeUsage.gp3`, price list, day not known" },
  hostedZone: { usd: 0.5, unit: "zone and month", source: "aws.amazon.com/route53/pricing, by others in 2026" },
  alarm: { usd: 0.1, unit: "alarm and month", source: "aws.amazon.com/cloudwatch/pricing, from memory" },
  metric: { usd: 0.3, unit: "metric and month", source: "aws.amazon.com/cloudwatch/pricing, by others in 2023" },
  "db.t4g.micro": { usd: 0.025, unit: "hour", source: "aws.amazon.com/rds/postgresql/pricing, from memory" },
  databaseStorage: { usd: 0.138, unit: "GB and month", source: "aws.amazon.com/rds/postgresql/pricing, from memory" },
  secret: { usd: 0.4, unit: "secret and month", source: "aws.amazon.com/secrets-manager/pricing, from memory" },
  "t3.small": { usd: 0.0272, unit: "hour", source: "`APN1-BoxUsage:t3.small`, a public table without a day" },
  "t4g.small": { usd: 0.0216, unit: "hour", source: "`APN1-BoxUsage:t4g.small`, a public table without a day" },
} as const satisfies Record<string, Price>;

/**
 * List price of an instance type.
 *
 * @throws Error for a type without a price in this file
 */
export function instancePrice(type: string): Price {
  const price = (PRICES as Record<string, Price>)[type];
  if (!price) throw new Error(`${type} has no price in prices.ts: look it up, with source and day`);
  return price;
}
