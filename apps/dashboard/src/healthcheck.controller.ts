import { Readiness } from '@budget-buddy/platform';
import { Controller, Get, Header, ServiceUnavailableException } from '@nestjs/common';

/** `/healthcheck`, as Flower has it: open to anyone, and without details. */
@Controller('healthcheck')
export class HealthcheckController {
  constructor(private readonly readiness: Readiness) {}

  @Get()
  @Header('Content-Type', 'text/plain')
  @Header('Cache-Control', 'no-store')
  async check(): Promise<string> {
    const down = (await this.readiness.check()).filter(({ up }) => !up).map(({ name }) => name);
    if (down.length > 0) throw new ServiceUnavailableException(`does not answer: ${down.join(', ')}`);
    return 'ok';
  }
}
