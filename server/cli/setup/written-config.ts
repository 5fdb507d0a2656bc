// Writes the configuration that the answers of `dapberry setup` ask for, with comments for whoever edits it later.

import { stringify } from 'yaml';
import { shellWord } from '../../../dap/client/http/shell-word.ts';
import { valueAt } from '../../config/mistakes/explain.ts';
import { type FoundOfKind, indented, sensorLines } from '../../config/reference/paste.ts';
import { DEFAULT_PORT } from '../../config/schema/schema.ts';
import { isMapping } from '../../config/text/dataset-node.ts';
import { readDocument } from '../../config/text/document.ts';

export interface Answers {
  /** The dataset of the attached sensors; undefined if there are none. */
  readonly station: StationAnswers | undefined;
  /** The text of the dataset about this machine itself, without its name; undefined for none. */
  readonly host: string | undefined;
  readonly interval: string;
  readonly history: { readonly keep: string; readonly path: string | undefined } | undefined;
  readonly readers: Readers;
}

/** The name of the dataset about the machine itself. */
export const HOST_DATASET = 'host';

export interface StationAnswers {
  readonly name: string;
  readonly title: string;
  /** With the names and titles that they are to have. */
  readonly sensors: readonly FoundOfKind[];
}

/** Who may read: everyone in the network, the users of a file, or the clients of some networks. */
export type Readers =
  | { readonly kind: 'everyone' }
  | { readonly kind: 'users'; readonly file: string }
  | { readonly kind: 'networks'; readonly networks: readonly string[] };

export interface WrittenFile {
  /** The file's previous text. Its keys of `server` are kept, except `allow`, which setup asks for. */
  readonly before: string | undefined;
  /** The command that edits it. */
  readonly edit: string;
}

export function writtenConfig(answers: Answers, { before, edit }: WrittenFile): string {
  const { history, readers } = answers;
  const parts = [
    `# Written by dapberry setup. Change it with: ${edit}\n# All keys: docs/configuration.md.`,
    serverPart(readers, before),
    ...(readers.kind === 'users' ? [accessPart(readers.file)] : []),
    history === undefined
      ? '# Past rows stay in memory alone, and are gone after a restart.\nhistory: off'
      : `# Past rows on disk; the oldest days are deleted first.\n${inline('history', present(history))}`,
    `datasets:\n${indented(datasetParts(answers).join(''), 2).trimEnd()}`,
  ];
  return `${parts.join('\n\n')}\n`;
}

function serverPart(readers: Readers, before: string | undefined): string {
  const { allow: _asked, ...kept } = serverKeys(before);
  const keys = { port: DEFAULT_PORT, ...kept };
  const lines = indented(stringify(keys, { lineWidth: 0 }), 2).trimEnd();
  if (readers.kind !== 'networks') return `server:\n${lines}`;
  const allow = inline('allow', readers.networks);
  return `server:\n${lines}\n  # Clients that may connect, besides programs on this machine.\n  ${allow}`;
}

/** The keys of the text's `server`; none if it has mistakes of YAML. */
function serverKeys(before: string | undefined): Readonly<Record<string, unknown>> {
  const { value, problems } = readDocument('before', before ?? '');
  const server = valueAt(value, ['server']);
  return problems.length === 0 && isMapping(server) ? server : {};
}

function accessPart(file: string): string {
  return `# Users with a password may read. Add one: dapberry password NAME | sudo tee -a ${shellWord(file)}\naccess:\n  ${inline('users', file)}`;
}

function datasetParts({ station, host, interval }: Answers): readonly string[] {
  const rows = inline('interval', interval);
  const ofStation =
    station === undefined
      ? []
      : [
          `${stringify(station.name).trim()}:\n  ${inline('title', station.title)}\n  ${rows}\n${indented(sensorLines(station.sensors).list, 2)}`,
        ];
  const ofHost =
    host === undefined
      ? []
      : [`# Load and temperature of this machine itself.\n${HOST_DATASET}:\n  ${rows}\n${indented(host, 2)}`];
  return [...ofStation, ...ofHost];
}

/** One line `key: value`. */
function inline(key: string, value: unknown): string {
  const text = stringify(
    { [key]: value },
    { lineWidth: 0, collectionStyle: 'flow', flowCollectionPadding: false },
  );
  return text.trim().replace(/^\{(.*)\}$/s, '$1');
}

function present(keys: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(Object.entries(keys).filter(([, value]) => value !== undefined));
}
