import { startApp } from '@budget-buddy/platform';
import { WorkerConfiguration } from './worker-configuration';
import { WorkerModule } from './worker.module';

void startApp(WorkerModule, { name: 'worker', port: (app) => app.get(WorkerConfiguration).port });
