/** Route 53 hosted zone ids of Application Load Balancers by Region, from AWS's list of endpoints and quotas. */
const ZONE_IDS: Record<string, string> = {
  "ap-northeast-1": "Z14GRHDCWA56QT",
  "ap-northeast-2": "ZWKZPGTI48KDX",
  "ap-northeast-3": "Z5LXEXXYW11ES",
  "ap-south-1": "ZP97RAFLXTNZK",
  "ap-southeast-1": "Z1LMS91P8CMLE5",
  "ap-southeast-2": "Z1GM3OXH4ZPM65",
  "ca-central-1": "ZQSVJUPU6J1EY",
  "eu-central-1": "Z215JYRZR1TBD5",
  "eu-north-1": "Z23TAZ6LKFMNIO",
  "eu-west-1": "Z32O12XQLNTSW2",
  "eu-west-2": "ZHURV8PSTC4K8",
  "eu-west-3": "Z3Q77PNBQS71R4",
  "sa-east-1": "Z2P70J7HTTTPLU",
  "us-east-1": "Z35SXDOTRQ7X7K",
  "us-east-2": "Z3AADJGX6KTTL2",
  "us-west-1": "Z368ELLRRE2KJ0",
  "us-west-2": "Z1H1FL5HABSF5",
};

/**
 * The canonical hosted zone id of a Region's load balancers, which alias records name.
 * @throws Error for a Region whose id the rehearsal does not know
 */
export function canonicalHostedZoneId(region: string): string {
  const id = ZONE_IDS[region];
  if (id === undefined) {
    throw new Error(
      `the rehearsal cloud does not know the load balancers' Route 53 zone of region ${region}; known are ${Object.keys(ZONE_IDS).join(", ")}`,
    );
  }
  return id;
}
