import type { CloudService } from "../cloud-service";
import { schedulerOperations, schedulerProtocol } from "./api/scheduler";
import { Scheduler, type SchedulerPorts } from "./model/scheduler";
import { scheduleType } from "./provider/schedule";
import { scheduleGroupType } from "./provider/schedule-group";

export function createScheduler(ports: SchedulerPorts): CloudService<Scheduler> {
  const scheduler = new Scheduler(ports);
  return {
    model: scheduler,
    types: [scheduleGroupType(scheduler), scheduleType(scheduler, ports.context)],
    apis: { scheduler: { protocol: schedulerProtocol, operations: schedulerOperations(scheduler) } },
    close: () => scheduler.close(),
  };
}
