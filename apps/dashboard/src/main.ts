import { startApp } from '@budget-buddy/platform';
import { DashboardConfiguration } from './dashboard-configuration';
import { DashboardModule } from './dashboard.module';

void startApp(DashboardModule, { name: 'dashboard', port: (app) => app.get(DashboardConfiguration).port });
