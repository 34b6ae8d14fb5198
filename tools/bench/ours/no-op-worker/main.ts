import { startApp } from '@budget-buddy/platform';
import { NoOpWorkerModule } from './no-op-worker.module';

void startApp(NoOpWorkerModule, { name: 'worker', port: () => 0 });
