import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { applyDecorators } from '@nestjs/common';
import { ValidateBy, type ValidationArguments } from 'class-validator';
import { describeError } from '../describe-error';
import { Variable } from '../configuration/variable';
import type { TlsFiles } from './tls-files';

type Server = 'POSTGRES' | 'REDIS' | 'RABBITMQ';
type Part = 'CA' | 'CERT' | 'KEY';

const DESCRIPTIONS: Record<Part, string> = {
  CA: 'File (PEM) with the authorities that the certificate of $server must come from; without it those that Node knows.',
  CERT: 'File (PEM) with the certificate that the apps show to $server, if it asks for one.',
  KEY: 'File (PEM) with the key of that certificate.',
};

const TITLES: Record<Server, string> = { POSTGRES: 'PostgreSQL', REDIS: 'Redis', RABBITMQ: 'RabbitMQ' };

/** A certificate is of no use without its key, and the other way round. */
const GOES_WITH: Partial<Record<Part, { part: Part; property: keyof TlsFiles }>> = {
  CERT: { part: 'KEY', property: 'tlsKey' },
  KEY: { part: 'CERT', property: 'tlsCert' },
};

type Name = `BUDGETBUDDY_${Server}_TLS_${Part}`;

/**
 * A file of {@link TlsFiles} for one server, named by its environment variable and read when the app starts. One that
 * is set although the URL asks for no TLS is refused: whoever set it believes that the connection is encrypted.
 * @param usesTls whether the section's URL asks for TLS, and how it would.
 */
export function TlsVariable<Section extends TlsFiles>(
  name: Name,
  usesTls: { test: (section: Section) => boolean; hint: string },
): PropertyDecorator {
  const [, server, , part] = name.split('_') as [string, Server, string, Part];
  const partner = GOES_WITH[part];
  const problem = (value: unknown, section: Section): string | undefined => {
    if (value !== undefined && !usesTls.test(section)) return `needs a URL that asks for TLS: ${usesTls.hint}`;
    const isNeeded = partner !== undefined && section[partner.property] !== undefined;
    if (value !== undefined || !isNeeded) return undefined;
    return `must be set, because BUDGETBUDDY_${server}_TLS_${partner.part} is (set both or neither)`;
  };
  const object = (args?: ValidationArguments) => args!.object as Section;
  return applyDecorators(
    Variable(name, {
      description: DESCRIPTIONS[part].replace('$server', TITLES[server]),
      parse: (path) => readPem(path, part),
    }),
    ValidateBy({
      name: 'tlsVariable',
      validator: {
        validate: (value, args) => problem(value, object(args)) === undefined,
        defaultMessage: (args) => problem(args?.value, object(args)) ?? '',
      },
    }),
  );
}

function readPem(path: string, part: Part): string {
  const what = part === 'KEY' ? 'an unencrypted key' : 'certificates';
  try {
    const text = readFileSync(path, 'utf8');
    if (part === 'KEY') createPrivateKey(text);
    else new X509Certificate(text);
    return text;
  } catch (error) {
    throw new Error(`a readable file of ${what} in PEM form (${describeError(error)})`, { cause: error });
  }
}
