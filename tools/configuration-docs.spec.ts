import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { describeVariables } from '@budget-buddy/platform';
import { docsPath, renderConfigurationDocs } from './configuration-docs';
import { documentedSections } from './configuration-sections';

describe('docs/configuration.md', () => {
  it('says what the code reads (npm run docs)', async () => {
    expect(await readFile(docsPath(), 'utf8')).toBe(await renderConfigurationDocs());
  });

  it('describes each variable once', () => {
    const names = describeVariables(documentedSections.flatMap(({ sections }) => sections)).map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});
