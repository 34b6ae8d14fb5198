import { startApp } from '@budget-buddy/platform';
import { SchedulerConfiguration } from './scheduler-configuration';
import { SchedulerModule } from './scheduler.module';

void startApp(SchedulerModule, { name: 'scheduler', port: (app) => app.get(SchedulerConfiguration).port });
