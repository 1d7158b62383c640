import { AwsError } from "../../../kernel/aws-error";
import type { CloudContext } from "../../../kernel/context";
import type { Certificates, RecordsInZone } from "../../../kernel/ports";
import { Authority, type KeyedCertificate } from "./authority";
import { type ValidationRecord, validationRecord } from "./validation-record";

/** How often ACM looks for the validation records, and for how long (aws-rules M1). */
const POLL_SECONDS = 10;
const GIVE_UP_SECONDS = 72 * 3600;
/** Default quota and limits of names (M4). */
const MAX_NAMES = 10;
const MAX_FIRST_NAME_LENGTH = 64;
const MAX_NAME_LENGTH = 253;

export interface Certificate {
  arn: string;
  /** The first one is the domain name. */
  hostNames: string[];
  status: "PENDING_VALIDATION" | "ISSUED" | "FAILED";
  /** One for each host name; a name and its wildcard have the same (M3). */
  validation: ValidationRecord[];
  requestedAt: Date;
  issuedAt: Date | null;
  keyed: KeyedCertificate | null;
  /** ARNs of what uses it. */
  usedBy: Set<string>;
}

/** Certificate Manager: certificates that are validated by DNS and signed by the rehearsal's own authority. */
export class Acm implements Certificates {
  readonly #byArn = new Map<string, Certificate>();

  private constructor(
    readonly context: CloudContext,
    private readonly records: RecordsInZone,
    private readonly signer: Authority,
  ) {}

  /** @param records the public DNS, where the validation records have to be */
  static async create(context: CloudContext, records: RecordsInZone): Promise<Acm> {
    return new Acm(context, records, await Authority.create());
  }

  get authority(): string {
    return this.signer.pem;
  }

  /** Pending until the validation records are in the public DNS. */
  request(hostNames: string[]): Certificate {
    refuseNames(hostNames);
    const { region, accountId, random } = this.context;
    const id = [8, 4, 4, 4, 12].map((digits) => random.hex(digits)).join("-");
    const certificate: Certificate = {
      arn: `arn:aws:acm:${region}:${accountId}:certificate/${id}`,
      hostNames,
      status: "PENDING_VALIDATION",
      validation: hostNames.map((name) => validationRecord(accountId, name)),
      requestedAt: new Date(),
      issuedAt: null,
      keyed: null,
      usedBy: new Set(),
    };
    this.#byArn.set(certificate.arn, certificate);
    this.#poll(certificate, 0);
    return certificate;
  }

  find(arn: string): Certificate | undefined {
    return this.#byArn.get(arn);
  }

  get(arn: string): Certificate {
    const certificate = this.#byArn.get(arn);
    if (!certificate) throw new AwsError("ResourceNotFoundException", `Could not find certificate ${arn}.`);
    return certificate;
  }

  /** Refused while a listener uses it (M5). */
  delete(arn: string): void {
    if (this.get(arn).usedBy.size > 0) {
      throw new AwsError(
        "ResourceInUseException",
        `Certificate ${arn} in account ${this.context.accountId} is in use.`,
      );
    }
    this.#byArn.delete(arn);
  }

  issued(arn: string): ReturnType<Certificates["issued"]> {
    const certificate = this.#byArn.get(arn);
    if (!certificate?.keyed) return undefined;
    const { keyed, hostNames } = certificate;
    return { certificate: keyed.certificate, privateKey: keyed.privateKey, hostNames };
  }

  exists(arn: string): boolean {
    return this.#byArn.has(arn);
  }

  setInUse(arn: string, user: string, inUse: boolean): void {
    const usedBy = this.#byArn.get(arn)?.usedBy;
    if (inUse) usedBy?.add(user);
    else usedBy?.delete(user);
  }

  #poll(certificate: Certificate, waitedSeconds: number): void {
    const timer = setTimeout(() => {
      void this.#look(certificate, waitedSeconds + POLL_SECONDS);
    }, this.context.clock.realMs(POLL_SECONDS));
    timer.unref();
  }

  async #look(certificate: Certificate, waitedSeconds: number): Promise<void> {
    if (!this.#byArn.has(certificate.arn)) return;
    if (certificate.validation.every((record) => this.#isPublic(record))) {
      certificate.keyed = await this.signer.sign(certificate.hostNames);
      certificate.issuedAt = new Date();
      certificate.status = "ISSUED";
    } else if (waitedSeconds >= GIVE_UP_SECONDS) {
      certificate.status = "FAILED";
    } else {
      this.#poll(certificate, waitedSeconds);
    }
  }

  #isPublic({ name, type, value }: ValidationRecord): boolean {
    const values = this.records.publicRecord(withoutDot(name), type) ?? [];
    return values.some((one) => withoutDot(one) === withoutDot(value));
  }
}

function refuseNames(hostNames: string[]): void {
  const [first = "", ...others] = hostNames;
  if (first.length > MAX_FIRST_NAME_LENGTH) {
    throw new AwsError(
      "ValidationException",
      `The first domain name can be no longer than ${MAX_FIRST_NAME_LENGTH} characters.`,
    );
  }
  if (others.some((name) => name.length > MAX_NAME_LENGTH)) {
    throw new AwsError("ValidationException", `A domain name can be no longer than ${MAX_NAME_LENGTH} characters.`);
  }
  if (hostNames.length > MAX_NAMES) {
    throw new AwsError(
      "LimitExceededException",
      `You have requested ${hostNames.length} domain names; the limit for a certificate is ${MAX_NAMES}.`,
    );
  }
}

function withoutDot(name: string): string {
  return name.toLowerCase().replace(/\.$/, "");
}
