import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { defineResource, type ResourceType } from "../../../provider/resource-type";
import { tags } from "../../../provider/tags";
import type { LaunchTemplate, LaunchTemplateData, LaunchTemplates } from "../model/launch-templates";

/** The provider has these as strings, because "unset" is a third value. */
const optionalBoolean = z.enum(["true", "false", ""]).optional();

const MetadataOptions = z.strictObject({
  httpEndpoint: z.enum(["enabled", "disabled"]).default("enabled"),
  httpTokens: z.enum(["required", "optional"]).default("optional"),
  httpPutResponseHopLimit: z.int().min(1).max(64).default(1),
  httpProtocolIpv6: z.enum(["enabled", "disabled"]).optional(),
  instanceMetadataTags: z.enum(["enabled", "disabled"]).optional(),
});

const BlockDevice = z.strictObject({
  deviceName: z.string(),
  ebs: z
    .strictObject({
      volumeType: z.enum(["gp2", "gp3", "io1", "io2", "standard"]).optional(),
      volumeSize: z.int().min(1).optional(),
      encrypted: optionalBoolean,
      deleteOnTermination: optionalBoolean,
    })
    .optional(),
});

const inputs = z.object({
  name: z.string().min(3).max(128).optional(),
  namePrefix: z.string().max(99).optional(),
  description: z.string().optional(),
  imageId: z.string().optional(),
  instanceType: z.string().optional(),
  iamInstanceProfile: z.strictObject({ arn: z.string().optional(), name: z.string().optional() }).optional(),
  vpcSecurityGroupIds: z.array(z.string()).optional(),
  userData: z.string().optional(),
  metadataOptions: MetadataOptions.optional(),
  monitoring: z.strictObject({ enabled: z.boolean() }).optional(),
  blockDeviceMappings: z.array(BlockDevice).optional(),
  tagSpecifications: z
    .array(z.strictObject({ resourceType: z.enum(["instance", "volume", "network-interface"]), tags }))
    .optional(),
  updateDefaultVersion: z.boolean().optional(),
  tags,
});

type Inputs = z.output<typeof inputs>;

/** Arguments whose changes do not create a version. */
const OUTSIDE_VERSION: readonly (keyof Inputs)[] = ["name", "namePrefix", "tags", "updateDefaultVersion"];

export function launchTemplateType(templates: LaunchTemplates): ResourceType {
  return defineResource({
    token: "aws:ec2/launchTemplate:LaunchTemplate",
    awsCalls: {
      create: "ec2:CreateLaunchTemplate",
      read: "ec2:DescribeLaunchTemplates",
      update: "ec2:CreateLaunchTemplateVersion",
      delete: "ec2:DeleteLaunchTemplate",
    },
    inputs,
    optionalComputed: ["metadataOptions"],
    replaceOn: ["name", "namePrefix"],
    autoName: { property: "name", maxLength: 125 },
    computed: ["arn", "latestVersion", "defaultVersion"],
    computedOnUpdate: ["latestVersion", "defaultVersion"],
    async create(given) {
      const template = templates.create(given.name!, dataOf(given));
      return { id: template.id, outputs: outputsOf(template) };
    },
    async read(id) {
      const template = templates.find(id);
      return template ? { ...outputsOf(template), name: template.name } : null;
    },
    async update(id, given, old) {
      const wanted = { metadataOptions: old.metadataOptions, ...given };
      const isNewVersion = Object.keys(inputs.shape)
        .map((key) => key as keyof Inputs)
        .some((key) => !OUTSIDE_VERSION.includes(key) && !isDeepStrictEqual(wanted[key], old[key]));
      const template = isNewVersion ? templates.addVersion(id, dataOf(given)) : templates.get(id);
      if (given.updateDefaultVersion) templates.setDefaultVersion(id, template.latestVersion);
      return outputsOf(template);
    },
    async delete(id) {
      if (templates.find(id)) templates.delete(id);
    },
  });
}

function dataOf(given: Inputs): LaunchTemplateData {
  return {
    imageId: given.imageId,
    instanceType: given.instanceType,
    instanceProfile: given.iamInstanceProfile?.arn ?? given.iamInstanceProfile?.name,
    securityGroupIds: given.vpcSecurityGroupIds ?? [],
    userData: given.userData ?? "",
    hasDetailedMonitoring: given.monitoring?.enabled ?? false,
    volumes: (given.blockDeviceMappings ?? []).flatMap(({ deviceName, ebs }) =>
      ebs?.volumeSize === undefined ? [] : [{ deviceName, sizeGiB: ebs.volumeSize }],
    ),
  };
}

function outputsOf({ arn, latestVersion, defaultVersion }: LaunchTemplate) {
  return { arn, latestVersion, defaultVersion };
}
