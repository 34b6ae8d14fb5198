export { testDatabase, type TestDatabase } from './test-database';
export { waitFor, type WaitOptions } from './wait-for';
export { DueTasks } from './due-tasks';
export { isolate } from './isolate';
export { TaskBench, type TaskBenchOptions } from './task-bench';
export { VirtualClock } from './virtual-clock';
export { TestBroker } from './test-broker';
