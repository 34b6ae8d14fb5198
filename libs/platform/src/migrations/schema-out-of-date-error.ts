import { StartupError } from '../app/startup-error';

/** The database lacks migrations this version needs. An operator runs them; apps never do, for there may be several. */
export class SchemaOutOfDateError extends StartupError {
  override readonly name = 'SchemaOutOfDateError';

  constructor(readonly pending: readonly string[]) {
    super(
      `The database lacks ${pending.length} migration(s): ${pending.join(', ')}. Run them with \`npm run migrate\`.`,
    );
  }
}
