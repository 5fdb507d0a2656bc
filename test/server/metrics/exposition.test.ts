import { describe, expect, it } from 'vitest';
import { type MetricFamily, printMetrics } from '../../../server/metrics/exposition.ts';
import { parseExposition } from './parse-exposition.ts';

const ODD = 'a "quoted" \\ back\\nslash\nand a new line, }';

const FAMILIES: readonly MetricFamily[] = [
  { name: 'thing', type: 'info', help: ODD, samples: [{ labels: { name: ODD, other: '' }, value: 1 }] },
  {
    name: 'taken_bytes',
    type: 'counter',
    unit: 'bytes',
    help: 'Bytes.',
    samples: [{ labels: { of: 'a' }, value: 2 ** 53 - 1 }, { value: 1e21 }],
  },
  {
    name: 'level',
    type: 'gauge',
    help: 'A level.',
    samples: [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0.1, 5e-324].map(
      (value, index) => ({ labels: { index: String(index) }, value }),
    ),
  },
  { name: 'nothing', type: 'gauge', help: 'Has no sample.', samples: [] },
];

describe('metrics as text', () => {
  it.each(['openmetrics', 'prometheus'] as const)('keep every name, label and number as %s', format => {
    const parsed = parseExposition(printMetrics(FAMILIES, format), format);
    const suffix = { info: '_info', counter: '_total', gauge: '' };
    expect(parsed.map(({ samples }) => samples)).toEqual(
      FAMILIES.map(({ name, type, samples }) =>
        samples.map(({ labels = {}, value }) => ({ name: `${name}${suffix[type]}`, labels, value })),
      ),
    );
    const older = format === 'prometheus';
    expect(parsed.map(({ name, type, unit }) => [name, type, unit])).toEqual([
      older ? ['thing_info', 'gauge', undefined] : ['thing', 'info', undefined],
      older ? ['taken_bytes_total', 'counter', undefined] : ['taken_bytes', 'counter', 'bytes'],
      ['level', 'gauge', undefined],
      ['nothing', 'gauge', undefined],
    ]);
  });

  it.each([
    ['no end', '# TYPE a gauge\n# HELP a A.\na 1\n'],
    ['an empty line', '# TYPE a gauge\n# HELP a A.\n\na 1\n# EOF\n'],
    ['no type', '# HELP a A.\na 1\n# EOF\n'],
    ['a counter without _total', '# TYPE a counter\n# HELP a A.\na 1\n# EOF\n'],
    [
      'a family in two places',
      '# TYPE a gauge\n# HELP a A.\na 1\n# TYPE b gauge\n# HELP b B.\n# TYPE a gauge\n# EOF\n',
    ],
    ['a sample of another family', '# TYPE a gauge\n# HELP a A.\nb 1\n# EOF\n'],
    ['labels twice', '# TYPE a gauge\n# HELP a A.\na{x="1"} 1\na{x="1"} 2\n# EOF\n'],
    ['one label twice', '# TYPE a gauge\n# HELP a A.\na{x="1",x="2"} 1\n# EOF\n'],
    ['a comma too many', '# TYPE a gauge\n# HELP a A.\na{x="1",} 1\n# EOF\n'],
    ['a quote that nothing escapes', '# TYPE a gauge\n# HELP a A.\na{x="1"1"} 1\n# EOF\n'],
    ['a unit that the name lacks', '# TYPE a gauge\n# UNIT a bytes\n# HELP a A.\na 1\n# EOF\n'],
    ['a count below 0', '# TYPE a counter\n# HELP a A.\na_total -1\n# EOF\n'],
    ['no number', '# TYPE a gauge\n# HELP a A.\na Infinity\n# EOF\n'],
  ])('are read so strictly that %s is an error', (_what, text) => {
    expect(() => parseExposition(text, 'openmetrics')).toThrow();
  });
});
