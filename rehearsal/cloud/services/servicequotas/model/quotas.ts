import { AwsError, orNotFound } from "../../../kernel/aws-error";

interface Quota {
  name: string;
  /** AWS's default (SDK-QUOTAS; Elastic Load Balancing's and EC2's guides). */
  usual: number;
  /** An account that was in use for long; an assumption, because AWS raises it with the use. Default: `usual`. */
  grown?: number;
  isAdjustable: boolean;
}

/** Service and code of the vCPUs that standard on-demand instances may have together. */
export const VCPUS = { service: "ec2", code: "L-1216C47A" } as const;

/** The quotas that are modelled, by service and code. */
const QUOTAS: Readonly<Record<string, Readonly<Record<string, Quota>>>> = {
  ec2: {
    "L-1216C47A": {
      name: "Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances",
      usual: 5,
      grown: 256,
      isAdjustable: true,
    },
    "L-0263D0A3": { name: "EC2-VPC Elastic IPs", usual: 5, isAdjustable: true },
  },
  fargate: {
    "L-3032A538": { name: "Fargate On-Demand vCPU resource count", usual: 6, grown: 4_000, isAdjustable: true },
  },
  elasticloadbalancing: {
    "L-53DA6B97": { name: "Application Load Balancers per Region", usual: 50, isAdjustable: true },
    "L-7EED9B64": { name: "Rules per Application Load Balancer", usual: 100, isAdjustable: true },
    "L-B6DF7632": { name: "Listeners per Application Load Balancer", usual: 50, isAdjustable: true },
    "L-822D1B1B": { name: "Target Groups per Application Load Balancer", usual: 100, isAdjustable: false },
  },
};

/** The quotas of the account, as Service Quotas has them. */
export class Quotas {
  readonly #raised = new Map<string, number>();

  constructor(
    private readonly isNewAccount = false,
    vcpuLimit?: number,
  ) {
    if (vcpuLimit !== undefined) this.#raised.set(`${VCPUS.service} ${VCPUS.code}`, vcpuLimit);
  }

  /** @throws AwsError `NoSuchResourceException` */
  get(service: string, code: string): { name: string; value: number; isAdjustable: boolean } {
    const { name, usual, grown, isAdjustable } = quotaOf(service, code);
    const value = this.#raised.get(`${service} ${code}`) ?? (this.isNewAccount ? usual : (grown ?? usual));
    return { name, value, isAdjustable };
  }

  /** AWS's default. @throws AwsError `NoSuchResourceException` */
  default(service: string, code: string): { name: string; value: number; isAdjustable: boolean } {
    const { name, usual, isAdjustable } = quotaOf(service, code);
    return { name, value: usual, isAdjustable };
  }

  /** Raises a quota at once: AWS takes minutes to days. @throws AwsError for a quota that is fixed, or a lower value */
  raise(service: string, code: string, wanted: number): void {
    const { value, isAdjustable } = this.get(service, code);
    if (!isAdjustable) throw new AwsError("IllegalArgumentException", `The quota ${code} is not adjustable.`);
    if (wanted <= value) {
      throw new AwsError(
        "IllegalArgumentException",
        `You must provide a quota value greater than the current quota value of ${value}.`,
      );
    }
    this.#raised.set(`${service} ${code}`, wanted);
  }
}

function quotaOf(service: string, code: string): Quota {
  return orNotFound(
    QUOTAS[service]?.[code],
    "NoSuchResourceException",
    `The rehearsal cloud has no quota ${code} of ${service}.`,
  );
}
