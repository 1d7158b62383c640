import { createHash } from "node:crypto";
import { AwsError, orNotFound } from "../../../kernel/aws-error";
import type { CloudContext } from "../../../kernel/context";
import { normalName } from "../../../kernel/dns-name";
import type { Certificates, RecordsInZone } from "../../../kernel/ports";
import { Authority, type SignedCertificate } from "./authority";

/** AWS seconds between ACM's checks of the validation records, and until ACM gives up (aws-rules M1). */
const POLL_SECONDS = 10;
const GIVE_UP_SECONDS = 72 * 3600;
/** Default quota of names in a certificate, and limits of their lengths in characters (M4). */
const MAX_NAMES = 10;
const MAX_FIRST_NAME_LENGTH = 64;
const MAX_NAME_LENGTH = 253;

export interface Certificate {
  arn: string;
  /** The domain name first, then the alternative names. */
  hostNames: string[];
  status: "PENDING_VALIDATION" | "ISSUED" | "FAILED";
  /** One record for each host name. A domain and its wildcard have the same one (M3). */
  validation: ValidationRecord[];
  requestedAt: Date;
  issuedAt: Date | null;
  /** Null until it is issued. */
  signed: SignedCertificate | null;
  /** ARNs of the resources that use the certificate. */
  usedBy: Set<string>;
}

/** The DNS record that proves the control of a domain. */
export interface ValidationRecord {
  /** With the last dot, as ACM writes it. */
  name: string;
  type: "CNAME";
  value: string;
}

/** Certificate Manager: certificates with DNS validation, which the rehearsal's own certificate authority signs. */
export class Acm implements Certificates {
  readonly #byArn = new Map<string, Certificate>();

  private constructor(
    readonly context: CloudContext,
    private readonly records: RecordsInZone,
    private readonly signer: Authority,
  ) {}

  /** @param records the public DNS, which must have the validation records */
  static async create(context: CloudContext, records: RecordsInZone): Promise<Acm> {
    return new Acm(context, records, await Authority.create());
  }

  get authority(): string {
    return this.signer.pem;
  }

  /** Signs a certificate for the cloud's own servers, at once. */
  signFor(hosts: string[]): Promise<SignedCertificate> {
    return this.signer.sign(hosts);
  }

  /** Requests a certificate. It is issued when the validation records are in the public DNS. */
  request(hostNames: string[]): Certificate {
    refuseNames(hostNames);
    const { region, accountId, random } = this.context;
    const id = random.uuid();
    const certificate: Certificate = {
      arn: `arn:aws:acm:${region}:${accountId}:certificate/${id}`,
      hostNames,
      status: "PENDING_VALIDATION",
      validation: hostNames.map((name) => validationRecord(accountId, name)),
      requestedAt: new Date(),
      issuedAt: null,
      signed: null,
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
    return orNotFound(this.#byArn.get(arn), "ResourceNotFoundException", `Could not find certificate ${arn}.`);
  }

  /** @throws AwsError ResourceInUseException while a listener uses the certificate (M5) */
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
    if (!certificate?.signed) return undefined;
    const { signed, hostNames } = certificate;
    return { certificate: signed.certificate, privateKey: signed.privateKey, hostNames };
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
      void this.#validate(certificate, waitedSeconds + POLL_SECONDS);
    }, this.context.clock.realMs(POLL_SECONDS));
    timer.unref();
  }

  async #validate(certificate: Certificate, waitedSeconds: number): Promise<void> {
    if (!this.#byArn.has(certificate.arn)) return;
    if (certificate.validation.every((record) => this.#isPublic(record))) {
      certificate.signed = await this.signer.sign(certificate.hostNames);
      certificate.issuedAt = new Date();
      certificate.status = "ISSUED";
    } else if (waitedSeconds >= GIVE_UP_SECONDS) {
      certificate.status = "FAILED";
    } else {
      this.#poll(certificate, waitedSeconds);
    }
  }

  #isPublic({ name, type, value }: ValidationRecord): boolean {
    const values = this.records.publicRecord(normalName(name), type) ?? [];
    return values.some((one) => normalName(one) === normalName(value));
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

/** The record for a domain name: the same for its wildcard (M3), and for every certificate of the account. */
function validationRecord(accountId: string, domainName: string): ValidationRecord {
  const domain = domainName.replace(/^\*\./, "").toLowerCase();
  const digest = createHash("sha256").update(`${accountId} ${domain}`).digest("hex");
  const letters = [...digest.slice(0, 20).matchAll(/../g)].map(
    ([pair]) => "abcdefghijklmnopqrstuvwxyz"[Number.parseInt(pair, 16) % 26],
  );
  return {
    name: `_${digest.slice(0, 32)}.${domain}.`,
    type: "CNAME",
    value: `_${digest.slice(32, 64)}.${letters.join("")}.acm-validations.aws.`,
  };
}
