// Reads what the page for frames is to show from its address, which has the parameters of the full page.

import { nearest } from '../../dap/model/nearest.ts';
import { SAYS, THEMES } from '../page/view-address.ts';
import { lastValue, parametersOf } from '../stream/parameters.ts';

/** The attributes of `<dapberry-chart>` by their parameters. */
const ATTRIBUTES = { cols: 'columns', window: 'window', from: 'from', to: 'to', theme: 'theme' } as const;

type Known = keyof typeof ATTRIBUTES;

export interface FrameView {
  /** The attributes of `<dapberry-chart>`. */
  readonly attributes: Readonly<Record<string, string>>;
  /** The address of the full page with the same view. */
  readonly full: string;
  /** Sentences for the reader about what the page does not understand. */
  readonly problems: readonly string[];
}

/** The view that the address `page` names. Everything behind `?url=` is the address of the dataset. */
export function frameView(page: string): FrameView {
  const parameters = parametersOf(page);
  const attributes: Record<string, string> = {};
  const problems: string[] = [];
  const [src, ...others] = [...(parameters.get('url') ?? []), ...(parameters.get('d') ?? [])];
  if (src !== undefined) attributes['src'] = src;
  for (const other of others) problems.push(`${SAYS} d=${other} besides ${src}: a frame shows one dataset.`);
  for (const [name, attribute] of Object.entries(ATTRIBUTES)) {
    const value = lastValue(parameters, name as Known);
    if (value !== undefined) attributes[attribute] = value;
  }
  const { theme } = attributes;
  if (theme !== undefined && !(THEMES as readonly string[]).includes(theme)) {
    problems.push(`${SAYS} theme=${theme}: expected dark or light.`);
    delete attributes['theme'];
  }
  const known = [...Object.keys(ATTRIBUTES), 'url', 'd'];
  const unknown = [...parameters.keys()].filter(name => !known.includes(name));
  if (unknown.length > 0) {
    const [near] = unknown.flatMap(name => nearest(name, known) ?? []);
    const hint = near === undefined ? '' : ` Did you mean ${near}?`;
    problems.push(`${SAYS} ${unknown.join(', ')}, which a frame does not know.${hint}`);
  }
  const { search, hash } = new URL(page);
  return { attributes, full: new URL(`./${search}${hash}`, page).href, problems };
}
