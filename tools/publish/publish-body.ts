import { UsageError } from '../usage-error';
import type { PublishArguments } from './publish-arguments';

/**
 * The bytes to be sent. A file alone is sent as it is, whatever it holds: there must be a way to see what becomes of
 * a bad message. Fields are added to the file's, or are all there is.
 * @throws UsageError when fields are to be added to what is no JSON object.
 */
export function publishBody({ fields, file }: PublishArguments, content?: Buffer): Buffer {
  if (content === undefined) return Buffer.from(JSON.stringify(fields));
  if (Object.keys(fields).length === 0) return content;
  return Buffer.from(JSON.stringify({ ...readObject(content, file ?? ''), ...fields }));
}

function readObject(content: Buffer, file: string): object {
  let value: unknown;
  try {
    value = JSON.parse(content.toString());
  } catch {
    value = undefined;
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new UsageError(`${file} holds no JSON object, to which fields could be added`);
}
