import "reflect-metadata";
import { webcrypto } from "node:crypto";
import { isIP } from "node:net";
import * as x509 from "@peculiar/x509";

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const DAY_MS = 24 * 60 * 60 * 1000;
/** Validity in days. Browsers refuse certificates with more than 398. */
const VALID_DAYS = 365;
/** The validity begins this much before the signature, for clients whose clock is slow. */
const BACKDATED_MS = 60 * 60 * 1000;

x509.cryptoProvider.set(webcrypto as Crypto);

/** A certificate with its private key, both as PEM. */
export interface SignedCertificate {
  certificate: string;
  privateKey: string;
  notBefore: Date;
  notAfter: Date;
}

/**
 * A certificate authority of the rehearsal's own. A client that trusts its certificate trusts every certificate it signs.
 */
export class Authority {
  private constructor(
    private readonly root: x509.X509Certificate,
    private readonly rootKeys: CryptoKeyPair,
  ) {}

  /** @param name of the authority, as its certificates have it */
  static async create(name = "aoshingo rehearsal authority"): Promise<Authority> {
    const keys = await newKeys();
    const root = await x509.X509CertificateGenerator.createSelfSigned({
      ...(await serialAndDates()),
      name: `CN=${name}`,
      keys,
      signingAlgorithm: ALGORITHM,
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    });
    return new Authority(root, keys);
  }

  /** The authority's certificate as PEM, for `NODE_EXTRA_CA_CERTS`, `curl --cacert` or a browser. */
  get pem(): string {
    return this.root.toString("pem");
  }

  /**
   * Signs a certificate for a new key pair.
   * @param hostNames names or IP addresses; the first is the subject; a wildcard matches one label (aws-rules M2)
   */
  async sign(hostNames: string[]): Promise<SignedCertificate> {
    const keys = await newKeys();
    const dates = await serialAndDates();
    const certificate = await x509.X509CertificateGenerator.create({
      ...dates,
      subject: `CN=${hostNames[0]}`,
      issuer: this.root.subject,
      publicKey: keys.publicKey,
      signingKey: this.rootKeys.privateKey,
      signingAlgorithm: ALGORITHM,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
        new x509.SubjectAlternativeNameExtension(
          hostNames.map((value) => ({ type: isIP(value) ? ("ip" as const) : ("dns" as const), value })),
        ),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
        await x509.AuthorityKeyIdentifierExtension.create(this.root),
      ],
    });
    const pkcs8 = await webcrypto.subtle.exportKey("pkcs8", keys.privateKey);
    return {
      certificate: certificate.toString("pem"),
      privateKey: x509.PemConverter.encode(pkcs8, "PRIVATE KEY"),
      notBefore: dates.notBefore,
      notAfter: dates.notAfter,
    };
  }
}

async function newKeys(): Promise<CryptoKeyPair> {
  return (await webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"])) as CryptoKeyPair;
}

async function serialAndDates(): Promise<{ serialNumber: string; notBefore: Date; notAfter: Date }> {
  const now = Date.now();
  return {
    serialNumber: Buffer.from(webcrypto.getRandomValues(new Uint8Array(16)).fill(0x40, 0, 1)).toString("hex"),
    notBefore: new Date(now - BACKDATED_MS),
    notAfter: new Date(now - BACKDATED_MS + VALID_DAYS * DAY_MS),
  };
}
