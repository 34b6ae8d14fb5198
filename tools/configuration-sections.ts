import { RenewalConfiguration } from '@budget-buddy/budgets';
import { EventsConfiguration } from '@budget-buddy/events';
import { platformSections, type Section } from '@budget-buddy/platform';
import { TasksConfiguration } from '@budget-buddy/tasks';
import { DashboardConfiguration } from '../apps/dashboard/src/dashboard-configuration';

/** All that can be configured, as docs/configuration.md lists it: who reads it, and the sections. Add yours here. */
export const documentedSections: readonly { title: string; readBy: string; sections: readonly Section[] }[] = [
  { title: 'Servers, logs, HTTP and shutdown', readBy: 'every app', sections: platformSections },
  { title: 'Domain events', readBy: 'scheduler, worker', sections: [EventsConfiguration] },
  { title: 'Tasks', readBy: 'every app', sections: [TasksConfiguration] },
  { title: 'Budgets', readBy: 'scheduler, worker', sections: [RenewalConfiguration] },
  { title: 'Dashboard', readBy: 'dashboard', sections: [DashboardConfiguration] },
];
