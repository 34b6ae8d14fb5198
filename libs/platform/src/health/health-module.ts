import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { HealthController } from './health-controller';

/** `GET /health/live` and `GET /health/ready`. */
@Module({
  // What is down is in the answer; a log line for each probe would drown the one that tells why.
  imports: [TerminusModule.forRoot({ logger: false })],
  controllers: [HealthController],
})
export class HealthModule {}
