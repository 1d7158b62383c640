import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Tags } from "../core/tags";

export interface CertificateArgs {
  /** The certificate covers this domain and every name one label below it. */
  domain: string;
  /** Public hosted zone of the domain. */
  zoneId: pulumi.Input<string>;
  tags: Tags;
}

/**
 * TLS certificate for a domain and `*.` that domain, validated by DNS. Both names have the same validation record, and so
 * has each other certificate of the account for them (aws-rules M3), in any region. It may be there already, and it stays when
 * the stack is destroyed, because none of them is renewed without it (M6).
 *
 * Cost: none (aws.amazon.com/certificate-manager/pricing).
 */
export class Certificate extends pulumi.ComponentResource {
  /** Known once the certificate is issued: a listener refuses a certificate that is still pending. */
  readonly arn: pulumi.Output<string>;

  constructor(name: string, args: CertificateArgs, opts?: pulumi.ComponentResourceOptions) {
    super("aoshingo:certificate:Certificate", name, {}, opts);

    const certificate = new aws.acm.Certificate(
      `${name}-certificate`,
      {
        domainName: args.domain,
        subjectAlternativeNames: [`*.${args.domain}`],
        validationMethod: "DNS",
        tags: args.tags,
      },
      { parent: this },
    );
    const option = certificate.domainValidationOptions.apply((options) => {
      const own = options.find(({ domainName }) => domainName === args.domain);
      if (!own) throw new Error(`ACM gave no validation record for ${args.domain}`);
      return own;
    });
    const record = new aws.route53.Record(
      `${name}-validation-record`,
      {
        zoneId: args.zoneId,
        name: option.resourceRecordName,
        type: option.resourceRecordType,
        records: [option.resourceRecordValue],
        ttl: 60,
        // Otherwise it is refused where another certificate has made it (R3).
        allowOverwrite: true,
      },
      // How it was created is of no matter later, and what deploys in CI may not change it.
      { parent: this, retainOnDelete: true, ignoreChanges: ["allowOverwrite"] },
    );
    const validation = new aws.acm.CertificateValidation(
      `${name}-validation`,
      { certificateArn: certificate.arn, validationRecordFqdns: [record.fqdn] },
      { parent: this },
    );

    this.arn = validation.certificateArn;
    this.registerOutputs({ arn: this.arn });
  }
}
