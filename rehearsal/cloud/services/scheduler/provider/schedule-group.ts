import { z } from "zod";
import { defineResource, type ResourceType } from "../../../provider/resource-type";
import { tags } from "../../../provider/tags";
import type { ScheduleGroup, Scheduler } from "../model/scheduler";

const MAX_NAME_LENGTH = 64;

export function scheduleGroupType(scheduler: Scheduler): ResourceType {
  const outputs = ({ arn, createdAtMs }: ScheduleGroup) => {
    const created = new Date(createdAtMs).toISOString();
    return { arn, creationDate: created, lastModificationDate: created, state: "ACTIVE" };
  };
  return defineResource({
    token: "aws:scheduler/scheduleGroup:ScheduleGroup",
    awsCalls: {
      create: "scheduler:CreateScheduleGroup",
      read: "scheduler:GetScheduleGroup",
      update: "scheduler:TagResource",
      delete: "scheduler:DeleteScheduleGroup",
    },
    inputs: z.object({ name: z.string().optional(), namePrefix: z.string().optional(), tags }),
    replaceOn: ["name", "namePrefix"],
    autoName: { property: "name", maxLength: MAX_NAME_LENGTH },
    computed: ["arn", "creationDate", "lastModificationDate", "state"],
    async create({ name }) {
      const group = scheduler.createGroup(name!);
      return { id: group.name, outputs: outputs(group) };
    },
    async read(id) {
      const group = scheduler.findGroup(id);
      return group ? { ...outputs(group), name: group.name } : null;
    },
    async update() {
      return {};
    },
    async delete(id) {
      if (scheduler.findGroup(id)) scheduler.deleteGroup(id);
    },
  });
}
