import { AwsError } from "../kernel/aws-error";
import type { AwsCall } from "../kernel/aws-services";
import type { ResourceType } from "../provider/resource-type";
import type { Properties } from "../provider/wire";
import { validationCode } from "./api-models";
import { valuesAt } from "./values-at";

/** Tags of one resource; the tags of AWS itself do not count. EC2G tag restrictions */
const MAX_TAGS = 50;
const MAX_KEY_LENGTH = 128;
const MAX_VALUE_LENGTH = 256;
/** The characters that every service takes. EC2 and Auto Scaling take more. EC2G tag restrictions */
const COMMON_CHARACTERS = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;
const ANY_CHARACTERS = ["ec2", "autoscaling"];

interface ServiceWords {
  tooMany?: string;
  reserved?: [code: string, message: string];
}

/** Each service's own words, where they are known. */
const WORDS: Readonly<Record<string, ServiceWords>> = {
  ec2: {
    tooMany: "TagLimitExceeded",
    reserved: ["InvalidParameterValue", "Tag keys starting with 'aws:' are reserved for internal use"],
  },
  elasticloadbalancing: { tooMany: "TooManyTags" },
  iam: {
    tooMany: "LimitExceeded",
    reserved: ["InvalidInput", "aws: prefixed tag key names are not allowed for external use."],
  },
  s3: { tooMany: "BadRequest", reserved: ["InvalidTag", "System tags cannot be added/updated by requester"] },
  acm: {
    tooMany: "TooManyTagsException",
    reserved: ["ValidationException", "aws: prefixed tag key names are not allowed for external use."],
  },
};

/**
 * Checks every tag that a resource gets, with the provider's default tags (V2). The provider leaves out keys that begin with
 * `aws:`, so on AWS such a tag is lost without a word; the rehearsal refuses it in the words of the service.
 * @throws AwsError
 */
export function checkTags(type: ResourceType, inputs: Properties, defaultTags: Record<string, string>): void {
  const call = type.awsCalls.create;
  if (!call) return;
  if (type.taggable) checkMap(call, { ...defaultTags, ...(inputs.tags as Record<string, string> | undefined) });
  else if (Array.isArray(inputs.tags)) {
    checkMap(
      call,
      Object.fromEntries((inputs.tags as { key: string; value: string }[]).map(({ key, value }) => [key, value])),
    );
  }
  for (const tags of valuesAt(inputs, "tagSpecifications.tags")) checkMap(call, tags as Record<string, string>);
}

function checkMap(call: AwsCall, tags: Record<string, string>): void {
  const service = call.split(":")[0]!;
  const words = WORDS[service] ?? {};
  const refused = (message: string) => new AwsError(validationCode(call), message);
  if (Object.keys(tags).length > MAX_TAGS) {
    throw new AwsError(
      words.tooMany ?? validationCode(call),
      `A resource can have at most ${MAX_TAGS} tags; given ${Object.keys(tags).length}`,
    );
  }
  for (const [key, value] of Object.entries(tags)) {
    if (/^aws:/i.test(key)) {
      const [code, message] = words.reserved ?? [validationCode(call), "Tag keys can't begin with 'aws:'"];
      throw new AwsError(code, `${message}; given '${key}'`);
    }
    if (key.length === 0 || key.length > MAX_KEY_LENGTH) {
      throw refused(`Tag key exceeds the maximum length of ${MAX_KEY_LENGTH} characters, or is empty: '${key}'`);
    }
    if (value.length > MAX_VALUE_LENGTH) {
      throw refused(`Tag value exceeds the maximum length of ${MAX_VALUE_LENGTH} characters: '${value}' of '${key}'`);
    }
    const wrong = [key, value].find((text) => !ANY_CHARACTERS.includes(service) && !COMMON_CHARACTERS.test(text));
    if (wrong !== undefined) {
      throw refused(
        `Tag '${key}' is invalid: '${wrong}' has characters other than letters, numbers, spaces and _.:/=+-@`,
      );
    }
  }
}
