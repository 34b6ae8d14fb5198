import { IsNotEmpty } from 'class-validator';
import { Variable } from '../configuration/variable';

/** Where an app's HTTP server (health endpoints, dashboard) listens. */
export class HttpConfiguration {
  @Variable('BUDGETBUDDY_HTTP_HOST', {
    description: 'Address the HTTP servers listen on. Loopback by default; `0.0.0.0` in a container.',
    default: '127.0.0.1',
  })
  @IsNotEmpty()
  host!: string;
}
