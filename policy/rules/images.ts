import type { Rule } from "../declared";
import { at } from "../declared";

const DIGEST = /@sha256:[0-9a-f]{64}$/;

export const imageTagsNeverMove: Rule = {
  name: "image-tags-never-move",
  description: "Tags in a repository are immutable, and each image is scanned when it is pushed.",
  types: ["aws:ecr/repository:Repository"],
  check: ({ inputs }) => [
    ...(inputs.imageTagMutability === "IMMUTABLE"
      ? []
      : [`imageTagMutability is ${String(inputs.imageTagMutability)}: set it to IMMUTABLE`]),
    ...(at(inputs, "imageScanningConfiguration", "scanOnPush") === true
      ? []
      : ["imageScanningConfiguration.scanOnPush is not true"]),
  ],
};

/** A moved tag, or an instance's cached copy of one, would start other code than was tested (aws-rules C15). */
export const tasksNameDigests: Rule = {
  name: "tasks-name-digests",
  description: "Tasks name images by digest, so that the image that was tested is the one that starts.",
  types: ["aws:ecs/taskDefinition:TaskDefinition"],
  check: ({ inputs }) =>
    (JSON.parse(String(inputs.containerDefinitions)) as { name: string; image: string }[])
      .filter(({ image }) => !DIGEST.test(image))
      .map(({ name, image }) => `container ${name} runs ${image}: name it by its digest, ...@sha256:...`),
};
