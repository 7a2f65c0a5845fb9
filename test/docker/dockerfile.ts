import { DockerfileParser, ModifiableInstruction } from 'dockerfile-ast';
import { read } from '../repository.js';
import type { Texts } from './compose-file.js';

export type Instruction = {
  readonly keyword: string;
  readonly flags: Texts;
  /** What stands after the keyword and the flags. */
  readonly text: string;
};

export type Stage = {
  readonly name: string;
  readonly base: string;
  readonly instructions: readonly Instruction[];
};

export const dockerfileText = read('docker/Dockerfile');
const parsed = DockerfileParser.parse(dockerfileText);

const flagsOf = (instruction: unknown): Texts =>
  instruction instanceof ModifiableInstruction
    ? Object.fromEntries(
        instruction.getFlags().map((flag) => [flag.getName(), flag.getValue() ?? '']),
      )
    : {};

const instructions: readonly Instruction[] = parsed.getInstructions().map((instruction) => ({
  keyword: instruction.getKeyword(),
  flags: flagsOf(instruction),
  text: instruction.getArgumentsContent() ?? '',
}));

const starts = instructions.flatMap(({ keyword }, at) => (keyword === 'FROM' ? [at] : []));

/** Each from its FROM to the next. */
export const stages: readonly Stage[] = parsed.getFROMs().map((from, index) => ({
  name: from.getBuildStage() ?? '',
  base: from.getImage() ?? '',
  instructions: instructions.slice(starts[index], starts[index + 1]),
}));

/** Of the last stage, which is the image. */
export const inImage = (keyword: string): readonly Instruction[] =>
  (stages.at(-1)?.instructions ?? []).filter((instruction) => instruction.keyword === keyword);

/** The words of an instruction in exec form; throws when it is not. */
export const words = (keyword: string): readonly string[] =>
  JSON.parse((inImage(keyword)[0]?.text ?? '').replace(/^CMD\s+/, '')) as readonly string[];

/** What the image sets. */
export const imageEnvironment: Texts = Object.fromEntries(
  parsed
    .getENVs()
    .flatMap((each) =>
      each.getProperties().map((property) => [property.getName(), property.getValue() ?? '']),
    ),
);

/** What COPY takes from the checkout, and not from another stage. */
export const copiedSources: readonly string[] = instructions
  .filter(({ keyword, flags }) => keyword === 'COPY' && flags['from'] === undefined)
  .flatMap(({ text }) => text.split(/\s+/).slice(0, -1));

type Pattern = { readonly is: RegExp; readonly ignores: boolean };

const patterns: readonly Pattern[] = read('.dockerignore')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => {
    const glob = line
      .replace(/^!/, '')
      .replaceAll('.', '\\.')
      .replaceAll(/\*\*\/|\*/g, (stars) => (stars === '*' ? '[^/]*' : '(?:.*/)?'));
    return { is: new RegExp(`^${glob}(?:/|$)`), ignores: !line.startsWith('!') };
  });

/** Whether a path of the checkout never gets into the build: the last pattern that fits decides. */
export const isIgnored = (path: string): boolean =>
  patterns.findLast(({ is }) => is.test(path))?.ignores ?? false;
