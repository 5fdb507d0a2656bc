import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { DERIVATIONS, SENSOR_KINDS } from '../../../device/index.ts';
import { busOption } from '../../../device/sensors/i2c-sensor.ts';
import { sensorsOf } from '../../../server/config/config.ts';
import { loadConfig } from '../../../server/config/load.ts';
import { i2cTable } from '../../../server/config/reference/i2c-kinds.ts';
import { mistakesText } from '../../../server/config/reference/mistakes-example.ts';
import { publishedSchema, referenceText } from '../../../server/config/reference/reference.ts';
import { sensorsText } from '../../../server/config/reference/sensors-page.ts';
import { textOf } from '../../sources.ts';

const ADVICE = 'is not what the schema says now: run `npm run docs`';

describe('what is published of the configuration', () => {
  it('is the JSON Schema of now', () => {
    const published: unknown = JSON.parse(textOf('systemd/config.schema.json'));
    expect(published, `systemd/config.schema.json ${ADVICE}`).toEqual(
      JSON.parse(JSON.stringify(publishedSchema(SENSOR_KINDS))),
    );
  });

  it('keeps the definitions of its JSON Schema when there is a kind more', () => {
    const [sht3x] = SENSOR_KINDS.filter(({ name }) => name === 'sht3x');
    const options = z.strictObject({
      bus: busOption,
      precision: z.enum(['low', 'high']).default('high').describe('How precise it is.'),
    });
    const added = { ...sht3x!, name: 'sht9x', options };
    const [first, ...others] = SENSOR_KINDS;
    const before = publishedSchema(SENSOR_KINDS);
    const namesOf = ({ definitions }: ReturnType<typeof publishedSchema>) =>
      Object.keys(definitions as object).sort();
    for (const kinds of [
      [added, ...SENSOR_KINDS],
      [first!, added, ...others],
      [...SENSOR_KINDS, added],
    ]) {
      expect(namesOf(publishedSchema(kinds))).toEqual(namesOf(before));
    }
    const lines = (schema: unknown) => JSON.stringify(schema, null, 2).split('\n').length;
    expect(lines(publishedSchema([...SENSOR_KINDS, added])) - lines(before)).toBeLessThan(60);
  });

  it('is the table of chips of now, with every kind on I2C', () => {
    expect(textOf('docs/i2c.md'), `docs/i2c.md ${ADVICE}`).toContain(
      `\n## Chips\n\n${i2cTable(SENSOR_KINDS)}\n`,
    );
  });

  it('is the reference of now, with every kind of sensor', () => {
    const page = textOf('docs/configuration.md');
    expect(page.slice(page.indexOf('## Reference\n')), `docs/configuration.md ${ADVICE}`).toBe(
      `## Reference\n\n${referenceText(SENSOR_KINDS)}\n`,
    );
  });

  it('shows the mistakes of its example as the loader tells them now, with every kind', () => {
    const page = textOf('docs/configuration.md');
    const [, shown] = /\n## Mistakes\n.*?\n```\n(.*?)\n```\n/s.exec(page) ?? [];
    expect(shown, `docs/configuration.md ${ADVICE}`).toBe(mistakesText());
    for (const { name } of SENSOR_KINDS) expect(shown).toContain(name);
  });

  it('is the page of sensors of now, with every kind and every derivation', () => {
    const page = textOf('docs/sensors.md');
    expect(page.slice(page.indexOf('## Kinds\n')), `docs/sensors.md ${ADVICE}`).toBe(
      `## Kinds\n\n${sensorsText(SENSOR_KINDS, DERIVATIONS)}\n`,
    );
    for (const { name } of [...SENSOR_KINDS, ...DERIVATIONS]) expect(page).toContain(`\n### \`${name}\`\n`);
  });

  it('has an example of every kind that the loader takes as it stands', () => {
    const page = textOf('docs/sensors.md');
    const examples = [...page.matchAll(/```yaml\n(sensors:\n.*?)```/gs)].map(([, text = '']) => text);
    expect(
      examples.map(text => /kind: (\S+)/.exec(text)?.[1]),
      `docs/sensors.md ${ADVICE}`,
    ).toEqual(SENSOR_KINDS.map(({ name }) => name));
    for (const content of examples) {
      expect(loadConfig([{ name: 'example.yaml', content, dataset: 'example' }])).toHaveProperty('config');
    }
  });

  it('begins with an example that gives the columns that it says', () => {
    const [, content = ''] = /```yaml\n(.*?)```/s.exec(textOf('docs/configuration.md')) ?? [];
    const loaded = loadConfig([{ name: 'garden.yaml', content }]);
    const [dataset] = 'config' in loaded ? loaded.config.datasets : [];
    const columns = (dataset === undefined ? [] : sensorsOf(dataset)).flatMap(sensor =>
      sensor.columns.map(({ column }) => `\`${column.name}\``),
    );
    expect(columns.join(', ')).toBe('`air_voltage`, `air_temperature`, `temperature`');
    expect(textOf('docs/configuration.md')).toContain('`air_voltage`, `air_temperature` and `temperature`');
  });

  it('tells of each key what it means', () => {
    const rows = [referenceText(SENSOR_KINDS), keysOf(sensorsText(SENSOR_KINDS, DERIVATIONS))]
      .join('\n')
      .split('\n')
      .filter(line => line.startsWith('| `'));
    expect(rows.filter(row => / \|\s*\|$/.test(row))).toEqual([]);
    expect(rows.filter(row => /\b(undefined|a value)\b/.test(row))).toEqual([]);
  });
});

/** The tables of options in a text of Markdown. */
function keysOf(markdown: string): string {
  return markdown
    .split('\n\n')
    .filter(block => block.startsWith('| key |'))
    .join('\n');
}
