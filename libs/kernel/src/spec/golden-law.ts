import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Check } from './laws.js';

/** Type to newest version: a catalogue of the event store fits. */
type Versions = { readonly [type: string]: { readonly version: number } };

export type GoldenSample = {
  readonly type: string;
  /** The version the sample was written in. */
  readonly version: number;
  /** What stands in the file, parsed. */
  readonly content: unknown;
};

/**
 * Every event of every version decodes for ever: one check per type and version of `catalogue`, which
 * reads `<folder>/<Type>.v<version>.json` and hands it to `decode`. That must return the decoded event
 * with the version it was upcast to, or throw. One more check refuses files that no type explains.
 */
export const goldenLaw = (
  catalogue: Versions,
  folder: string,
  decode: (sample: GoldenSample) => { readonly version: number },
): readonly Check[] => {
  const samples = Object.entries(catalogue).flatMap(([type, { version: newest }]) =>
    Array.from({ length: newest }, (_, index) => ({ type, version: index + 1, newest })),
  );
  const fileOf = (type: string, version: number): string => `${type}.v${version}.json`;
  return [
    ...samples.map(({ type, version, newest }) => ({
      name: `golden: ${type} in version ${version} still decodes`,
      check: () => {
        const text = readFileSync(join(folder, fileOf(type, version)), 'utf8');
        const content: unknown = JSON.parse(text);
        assert.equal(decode({ type, version, content }).version, newest);
      },
    })),
    {
      name: `golden: every sample belongs to a type and a version`,
      check: () => {
        const known = new Set(samples.map(({ type, version }) => fileOf(type, version)));
        const strays = readdirSync(folder).filter((file) => !known.has(file));
        assert.equal(strays.join(), '', 'files that no type and version explain');
      },
    },
  ];
};
