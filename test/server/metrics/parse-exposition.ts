// Parses metrics strictly by the specification of OpenMetrics 1.0, or of the older text of Prometheus.

export interface ParsedSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface ParsedFamily {
  readonly name: string;
  readonly type: string;
  readonly unit: string | undefined;
  readonly help: string;
  readonly samples: readonly ParsedSample[];
}

interface Format {
  readonly types: readonly string[];
  /** What a sample is called in a family of this name and type. */
  readonly sampleName: (name: string, type: string) => string;
  readonly keywords: readonly string[];
  readonly helpEscapes: RegExp;
  readonly ends: boolean;
}

const OPENMETRICS: Format = {
  types: ['counter', 'gauge', 'info'],
  sampleName: (name, type) => `${name}${{ counter: '_total', info: '_info' }[type] ?? ''}`,
  keywords: ['TYPE', 'UNIT', 'HELP'],
  helpEscapes: /^([^"\\\r]|\\[\\n"])+$/,
  ends: true,
};

const PROMETHEUS: Format = {
  types: ['counter', 'gauge'],
  sampleName: name => name,
  keywords: ['TYPE', 'HELP'],
  helpEscapes: /^([^\\\r]|\\[\\n])+$/,
  ends: false,
};

const METADATA = /^# ([A-Z]+) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)$/;
const SAMPLE =
  /^([a-zA-Z_:][a-zA-Z0-9_:]*)(\{.+\})? ([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|[+-]Inf|NaN)$/;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(,(?=[a-zA-Z_])|\}$)/y;

/** Throws an error that names the line for whatever is against the rules. Timestamps and exemplars are not expected. */
export function parseExposition(text: string, format: 'openmetrics' | 'prometheus'): ParsedFamily[] {
  const rules = format === 'openmetrics' ? OPENMETRICS : PROMETHEUS;
  if (!text.endsWith('\n')) throw new Error('expected a line end behind the last line');
  const lines = text.slice(0, -1).split('\n');
  if (rules.ends && lines.pop() !== '# EOF') throw new Error('expected # EOF as the last line');
  const families: Building[] = [];
  for (const [index, line] of lines.entries()) {
    try {
      readLine(line, families, rules);
    } catch (error) {
      throw new Error(`line ${index + 1}: ${(error as Error).message}: ${line}`);
    }
  }
  return families.map(family => finish(family, rules));
}

interface Building {
  readonly name: string;
  readonly metadata: Map<string, string>;
  readonly samples: ParsedSample[];
}

function readLine(line: string, families: Building[], rules: Format): void {
  const [, keyword, name, content] = METADATA.exec(line) ?? [];
  let family = families.at(-1);
  if (keyword !== undefined && name !== undefined && content !== undefined) {
    if (!rules.keywords.includes(keyword)) throw new Error('unknown keyword');
    if (family?.name !== name) {
      if (families.some(other => other.name === name)) throw new Error('a family in two places');
      family = { name, metadata: new Map(), samples: [] };
      families.push(family);
    }
    if (family.samples.length > 0) throw new Error('metadata behind samples');
    if (family.metadata.has(keyword)) throw new Error('metadata twice');
    family.metadata.set(keyword, content);
    return;
  }
  const [, sampled, labels, number] = SAMPLE.exec(line) ?? [];
  if (sampled === undefined || number === undefined) throw new Error('neither metadata nor a sample');
  const type = family?.metadata.get('TYPE');
  if (family === undefined || type === undefined) throw new Error('a sample without a type');
  if (sampled !== rules.sampleName(family.name, type)) throw new Error(`no sample of ${family.name}`);
  const sample = {
    name: sampled,
    labels: readLabels(labels),
    value: Number(number.replace('Inf', 'Infinity')),
  };
  if (family.samples.some(other => keyOf(other.labels) === keyOf(sample.labels)))
    throw new Error('the same labels twice');
  if (type === 'counter' && !(sample.value >= 0)) throw new Error('expected a count');
  if (type === 'info' && sample.value !== 1) throw new Error('expected 1');
  family.samples.push(sample);
}

function readLabels(text: string | undefined): Record<string, string> {
  const labels: Record<string, string> = {};
  if (text === undefined) return labels;
  LABEL.lastIndex = 1;
  while (LABEL.lastIndex < text.length) {
    const [, name, value] = LABEL.exec(text) ?? [];
    if (name === undefined || value === undefined) throw new Error('wrong labels');
    if (name in labels) throw new Error('a label twice');
    labels[name] = value.replace(/\\(.)/g, (_escape, one: string) => (one === 'n' ? '\n' : one));
  }
  return labels;
}

function keyOf(labels: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(labels).sort());
}

function finish({ name, metadata, samples }: Building, rules: Format): ParsedFamily {
  const type = metadata.get('TYPE') ?? '';
  const unit = metadata.get('UNIT');
  const help = metadata.get('HELP') ?? '';
  if (!rules.types.includes(type)) throw new Error(`${name}: expected a type, found "${type}"`);
  if (!rules.helpEscapes.test(help)) throw new Error(`${name}: wrong help`);
  if (unit !== undefined && (!name.endsWith(`_${unit}`) || type === 'info'))
    throw new Error(`${name}: expected the unit ${unit} at the end of the name`);
  if (rules.ends && /_(total|created|info|count|sum|bucket)$/.test(name))
    throw new Error(`${name}: that end is for samples`);
  if (!rules.ends && (type === 'counter') !== name.endsWith('_total'))
    throw new Error(`${name}: _total is for counters`);
  return { name, type, unit, help, samples };
}
