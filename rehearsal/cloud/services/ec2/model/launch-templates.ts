import { AwsError, orNotFound } from "../../../kernel/aws-error";
import type { CloudContext } from "../../../kernel/context";
import { ec2Arn } from "./arn";
import { MAX_USER_DATA_BYTES } from "./user-data";

/** One version of a launch template. A launch fails if the version has no `imageId` or no `instanceType`. */
export interface LaunchTemplateData {
  imageId?: string;
  instanceType?: string;
  /** Name or ARN of an instance profile. */
  instanceProfile?: string;
  securityGroupIds: string[];
  /** Base64; empty for none. */
  userData: string;
  /** Whether the CPU of its instances is measured by the minute, and not in steps of five. Default: false. */
  hasDetailedMonitoring?: boolean;
  /** Volumes whose size the template gives. */
  volumes?: { deviceName: string; sizeGiB: number }[];
}

export interface LaunchTemplate {
  id: string;
  arn: string;
  name: string;
  latestVersion: number;
  defaultVersion: number;
}

type Stored = LaunchTemplate & { versions: Map<number, LaunchTemplateData> };

/** EC2's launch templates. A version never changes: each change adds a version. */
export class LaunchTemplates {
  readonly #context: CloudContext;
  readonly #templates = new Map<string, Stored>();

  constructor(context: CloudContext) {
    this.#context = context;
  }

  create(name: string, data: LaunchTemplateData): LaunchTemplate {
    checkUserData(data.userData);
    if ([...this.#templates.values()].some((template) => template.name === name)) {
      throw new AwsError("InvalidLaunchTemplateName.AlreadyExistsException", "Launch template name already in use.");
    }
    const id = `lt-${this.#context.random.hex(17)}`;
    const template = {
      id,
      arn: ec2Arn(this.#context, "launch-template", id),
      name,
      latestVersion: 1,
      defaultVersion: 1,
      versions: new Map([[1, data]]),
    };
    this.#templates.set(id, template);
    return template;
  }

  addVersion(id: string, data: LaunchTemplateData): LaunchTemplate {
    checkUserData(data.userData);
    const template = this.get(id);
    template.latestVersion += 1;
    template.versions.set(template.latestVersion, data);
    return template;
  }

  setDefaultVersion(id: string, version: number): void {
    const template = this.get(id);
    if (!template.versions.has(version)) throw noVersion(template.id, String(version));
    template.defaultVersion = version;
  }

  /** @throws AwsError `InvalidLaunchTemplateId.NotFound` */
  get(id: string): Stored {
    return orNotFound(
      this.#templates.get(id),
      "InvalidLaunchTemplateId.NotFound",
      `The specified launch template, with template ID ${id}, does not exist.`,
    );
  }

  get all(): LaunchTemplate[] {
    return [...this.#templates.values()];
  }

  find(id: string): LaunchTemplate | undefined {
    return this.#templates.get(id);
  }

  named(name: string): LaunchTemplate {
    return orNotFound(
      [...this.#templates.values()].find((candidate) => candidate.name === name),
      "InvalidLaunchTemplateName.NotFoundException",
      `The specified launch template, with template name ${name}, does not exist.`,
    );
  }

  /**
   * The data of one version.
   * @param version a number, `$Latest` or `$Default`; each launch looks up the last two
   */
  resolve(id: string, version: string): LaunchTemplateData & { version: number } {
    const template = this.get(id);
    const number =
      version === "$Latest"
        ? template.latestVersion
        : version === "$Default"
          ? template.defaultVersion
          : Number(version);
    const data = template.versions.get(number);
    if (!data) throw noVersion(id, version);
    return { ...data, version: number };
  }

  delete(id: string): void {
    this.#templates.delete(this.get(id).id);
  }
}

function checkUserData(userData: string): void {
  const raw = Buffer.from(userData, "base64");
  if (raw.toString("base64").replace(/=+$/, "") !== userData.replace(/\s/g, "").replace(/=+$/, "")) {
    throw new AwsError("InvalidUserData.Malformed", "Invalid BASE64 encoding of user data.");
  }
  if (raw.length > MAX_USER_DATA_BYTES) {
    throw new AwsError("InvalidParameterValue", `User data is limited to ${MAX_USER_DATA_BYTES} bytes`);
  }
}

function noVersion(id: string, version: string): AwsError {
  return new AwsError(
    "InvalidLaunchTemplateId.VersionNotFound",
    `Could not find launch template version ${version} for launch template ${id}.`,
  );
}
