import { Temporal } from 'temporal-polyfill';
import { durationBetween } from '../configuration/parsers';
import { Variable } from '../configuration/variable';

/** How long a process may take to end. */
export class ShutdownConfiguration {
  @Variable('BUDGETBUDDY_SHUTDOWN_TIMEOUT', {
    description:
      'Time from SIGTERM until a process that has not ended by itself is ended with exit code 1. ' +
      "Keep it below the orchestrator's grace period (Kubernetes: 30 s).",
    default: 'PT25S',
    parse: durationBetween('PT0.1S', 'PT1H'),
  })
  timeout!: Temporal.Duration;
}
