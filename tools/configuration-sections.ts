import { RenewalConfiguration } from '@budget-buddy/budgets';
import { EventsConfiguration } from '@budget-buddy/events';
import { platformSections, type Section } from '@budget-buddy/platform';
import { TasksConfiguration } from '@budget-buddy/tasks';
import { DashboardConfiguration } from '../apps/dashboard/src/dashboard-configuration';
import { SchedulerConfiguration } from '../apps/scheduler/src/scheduler-configuration';
import { WorkerConfiguration } from '../apps/worker/src/worker-configuration';
import { type AppName } from './apps/app-process';

/** A part of docs/configuration.md. */
export interface DocumentedSections {
  readonly title: string;
  readonly readBy: readonly AppName[];
  readonly sections: readonly Section[];
}

/** All that can be configured, as docs/configuration.md lists it: who reads it, and the sections. Add yours here. */
export const documentedSections: readonly DocumentedSections[] = [
  {
    title: 'Servers, logs, HTTP and shutdown',
    readBy: ['scheduler', 'worker', 'dashboard'],
    sections: platformSections,
  },
  { title: 'Domain events', readBy: ['scheduler', 'worker'], sections: [EventsConfiguration] },
  { title: 'Tasks', readBy: ['scheduler', 'worker', 'dashboard'], sections: [TasksConfiguration] },
  { title: 'Budgets', readBy: ['scheduler'], sections: [RenewalConfiguration] },
  { title: 'Scheduler', readBy: ['scheduler'], sections: [SchedulerConfiguration] },
  { title: 'Worker', readBy: ['worker'], sections: [WorkerConfiguration] },
  { title: 'Dashboard', readBy: ['dashboard'], sections: [DashboardConfiguration] },
];
