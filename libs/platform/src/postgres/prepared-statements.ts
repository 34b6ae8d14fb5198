/** How often a text is sent before it is prepared: what is sent now and then is not worth a plan on each connection. As in pgjdbc. */
const THRESHOLD = 5;
/** Of how many texts this is counted. Those of this system are fewer; texts that are made up anew each time must not pile up. */
const MOST_TEXTS = 256;

/**
 * Names for the statements that are sent again and again. Under its name, PostgreSQL parses and plans a text once for
 * each connection, and not each time. https://jdbc.postgresql.org/documentation/server-prepare/ does it in the same way.
 */
export class PreparedStatements {
  private readonly counts = new Map<string, number>();
  private readonly names = new Map<string, string>();

  /** Counts this as one time. @returns undefined for a text that is not to be prepared (yet). */
  nameOf(text: string): string | undefined {
    const name = this.names.get(text);
    if (name !== undefined) return name;
    const count = (this.counts.get(text) ?? 0) + 1;
    if (count > THRESHOLD) return this.name(text);
    if (this.counts.size + this.names.size < MOST_TEXTS || this.counts.has(text)) this.counts.set(text, count);
    return undefined;
  }

  private name(text: string): string {
    const name = `s${this.names.size + 1}`;
    this.names.set(text, name);
    this.counts.delete(text);
    return name;
  }
}
