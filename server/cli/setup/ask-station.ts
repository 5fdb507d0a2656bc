// Asks which attached sensors to serve, and what they and their dataset are called.

import { identifierOf } from '../../../device/index.ts';
import { RESERVED_NAMES } from '../../config/check/reserved-names.ts';
import type { FoundOfKind } from '../../config/reference/paste.ts';
import { DATASET_NAME } from '../../config/schema/schema.ts';
import type { Machine } from '../../machine/machine.ts';
import { type Asking, numbersIn, type Questions } from './questions.ts';
import { claimsOf, nameFor, surveyed } from './survey.ts';
import { HOST_DATASET, type StationAnswers } from './written-config.ts';

/**
 * Undefined if no sensor is attached, or none is to be served.
 * @param edit the command that edits the configuration
 */
export async function askStation(
  machine: Machine,
  terminal: Asking,
  questions: Questions,
  edit: string,
): Promise<StationAnswers | undefined> {
  const all = await surveyed(machine, terminal, questions);
  if (all.length === 0) {
    terminal.print(
      `No sensor is found. dapberry doctor says whether a bus is off. Converters and switches at GPIO pins cannot be found:\nwrite them with ${edit} (docs/configuration.md).\n\n`,
    );
    return undefined;
  }
  const chosen = await questions.ask(
    'Which of them to serve (all, none, or numbers such as 1 3)',
    'all',
    answer => (answer === 'none' ? [] : withoutRivals(all, numbersIn(answer, all.length), answer === 'all')),
  );
  if (chosen.length === 0) return undefined;
  const sensors: FoundOfKind[] = [];
  for (const sensor of chosen) sensors.push(await named(sensor, sensors, questions));
  const title = await questions.ask(
    'Where are they (a title, such as On the roof)',
    'Station',
    answer => answer,
  );
  const word = wordFor(title, USUAL_NAME);
  const name = await questions.ask(
    'Name of their dataset, a part of its address',
    nameFault(word) === undefined ? word : USUAL_NAME,
    answer => {
      const expected = nameFault(answer);
      if (expected === undefined) return answer;
      throw new Error(`expected ${expected}, found "${answer}"`);
    },
  );
  return { name, title, sensors };
}

const USUAL_NAME = 'station';

/** What was expected of a name that the dataset cannot have; undefined for any other. */
function nameFault(name: string): string | undefined {
  if (!DATASET_NAME.test(name)) return 'at most 64 letters, digits, _ and -, not beginning with a digit';
  if (RESERVED_NAMES.has(name)) return 'a name that the server does not use for an address of its own';
  return name === HOST_DATASET ? 'another name than that of the dataset about the machine itself' : undefined;
}

/** Of sensors at the same place only one can be right: the first for `all`, else the one that was typed. */
function withoutRivals(
  all: readonly FoundOfKind[],
  numbers: readonly number[],
  isAll: boolean,
): readonly FoundOfKind[] {
  const holders = new Map<string, number>();
  return numbers.flatMap(number => {
    const sensor = all[number - 1]!;
    const claims = claimsOf(sensor);
    const rival = claims.map(claim => holders.get(claim)).find(other => other !== undefined);
    if (rival !== undefined && !isAll)
      throw new Error(`expected one of ${rival} and ${number}, which are the same chip, found both`);
    if (rival !== undefined) return [];
    for (const claim of claims) holders.set(claim, number);
    return [sensor];
  });
}

/** The sensor under the name that the person gives it; Enter keeps the one that it has. */
async function named(
  sensor: FoundOfKind,
  others: readonly FoundOfKind[],
  questions: Questions,
): Promise<FoundOfKind> {
  const usual = nameFor(sensor);
  const title = await questions.ask(`Name of ${usual}, such as Living room`, usual, answer => {
    if (answer !== usual && others.some(({ found }) => found.title === answer))
      throw new Error(`expected a name that no other sensor has, found "${answer}" again`);
    return answer;
  });
  if (title === usual) return sensor;
  const name = wordFor(title, sensor.found.name ?? sensor.kind.name);
  return { ...sensor, found: { ...sensor.found, name, title } };
}

/** Characters, so that a number and the name of a channel still fit after it. */
const LONGEST = 40;

/** `living_room` for `Living room`; `otherwise` for a text without a Latin letter. */
function wordFor(text: string, otherwise: string): string {
  // Letters without their accents.
  const plain = text
    .normalize('NFKD')
    .replaceAll(/\p{M}+/gu, '')
    .toLowerCase();
  const word = identifierOf(plain)
    .replaceAll(/^_+(?=[a-z])|_+$/g, '')
    .slice(0, LONGEST);
  return /[a-z]/.test(word) ? word : otherwise;
}
