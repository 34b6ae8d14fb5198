import { Controller, Get, Header } from '@nestjs/common';
import { HealthCheck, type HealthCheckResult, HealthCheckService, HealthIndicatorService } from '@nestjs/terminus';
import { type DependencyState, Readiness } from './readiness';

/**
 * For orchestrators. `live`: the process answers; restarting it would mend nothing that is wrong elsewhere, so that
 * dependencies do not count. `ready`: every dependency answers, 503 otherwise, with the state of each; one that does its
 * part although not all is well says what as `degraded`.
 */
@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly readiness: Readiness,
  ) {}

  @Get('live')
  @Header('Cache-Control', 'no-store')
  live(): { status: 'ok' } {
    // Not by terminus, to which a process that shuts down in good order is ill.
    return { status: 'ok' };
  }

  @Get('ready')
  @Header('Cache-Control', 'no-store')
  @HealthCheck()
  async ready(): Promise<HealthCheckResult> {
    const states = await this.readiness.check();
    return this.health.check(states.map((state) => () => this.indicatorOf(state)));
  }

  private indicatorOf({ name, up, reason }: DependencyState) {
    const indicator = this.indicators.check(name);
    return up ? indicator.up(reason === undefined ? undefined : { degraded: reason }) : indicator.down({ reason });
  }
}
