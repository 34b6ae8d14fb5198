import { Global, Module } from '@nestjs/common';
import { Clock, SystemClock } from './clock';
import { Readiness } from './health/readiness';
import { Shutdown } from './shutdown/shutdown';

/** What every module may ask for: the clock, the shutdown, the readiness. Comes with ConfigurationModule. */
@Global()
@Module({
  providers: [{ provide: Clock, useClass: SystemClock }, Shutdown, Readiness],
  exports: [Clock, Shutdown, Readiness],
})
export class PlatformModule {}
