export { testDatabase, type TestDatabase } from './test-database';
export { waitFor, type WaitOptions } from './wait-for';
