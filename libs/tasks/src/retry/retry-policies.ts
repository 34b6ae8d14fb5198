import { Injectable } from '@nestjs/common';
import { TaskRegistry } from '../task/task-registry';
import { TasksConfiguration } from '../tasks-configuration';
import { increasing, type RetryDelay } from './retry-delay';
import type { RetryPolicy } from './retry-decision';

/** The retry policy of each task: its own, or the configured default. */
@Injectable()
export class RetryPolicies {
  private readonly defaultDelay: RetryDelay;

  constructor(
    private readonly registry: TaskRegistry,
    configuration: TasksConfiguration,
  ) {
    this.defaultDelay = increasing(configuration.retryDelay);
  }

  of(taskName: string): RetryPolicy {
    const { maxRetries, retryDelay } = this.registry.named(taskName);
    return { maxRetries, retryDelay: retryDelay ?? this.defaultDelay };
  }
}
