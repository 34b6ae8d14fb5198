export { testDatabase, type TestDatabase } from './test-database';
export { waitFor, type WaitOptions } from './wait-for';
export { DueTasks } from './due-tasks';
export { readFixtures } from './read-fixtures';
export { isolate } from './isolate';
export { removeKeys } from './remove-keys';
export { TaskBench, type TaskBenchOptions } from './task-bench';
export { VirtualClock } from './virtual-clock';
export { TestBroker } from './test-broker';
