import { describe, expect, it } from 'vitest';
import { Columns, distinctNames } from '../../../web/page/columns.ts';

function columnsOf(...datasets: readonly (readonly [name: string, columns: readonly string[]])[]) {
  let chosen = 0;
  const columns = new Columns(
    datasets.map(([name]) => name),
    () => chosen++,
  );
  for (const [index, [, names]] of datasets.entries()) columns.columnsAre(index, names);
  const shown = () =>
    datasets.map(([, names], index) => names.filter(name => !columns.choiceOf(index).isHidden(name)));
  return { columns, shown, chosen: () => chosen };
}

describe('the columns of one dataset', () => {
  it('are all shown, those that the address names, or those that the reader leaves', () => {
    const { columns, shown, chosen } = columnsOf(['attic', ['air', 'hum', 'roof']]);
    expect(shown()).toEqual([['air', 'hum', 'roof']]);
    columns.name(['hum', 'attic.roof']);
    expect(shown()).toEqual([['hum', 'roof']]);
    expect(chosen()).toBe(0);
    columns.choiceOf(0).hide('roof', true);
    expect(columns.named).toEqual(['hum']);
    columns.choiceOf(0).hide('hum', true);
    expect(columns.named).toEqual([]);
    for (const name of ['air', 'hum', 'roof']) columns.choiceOf(0).hide(name, false);
    expect(columns.named).toBeUndefined();
    expect(chosen()).toBe(5);
  });

  it('are reported if the dataset has none of the name, with the nearest name', () => {
    const { columns, shown } = columnsOf(['attic', ['air', 'humidity']]);
    columns.name(['air', 'humdity', 'x.y']);
    expect(columns.problems).toEqual([
      'The address of this page says cols=humdity: no column has this name. Did you mean humidity?',
      'The address of this page says cols=x.y: no column has this name. The columns are air, humidity.',
    ]);
    expect(shown()).toEqual([['air']]);
  });

  it('are shown if a new configuration adds them, unless the address lists columns', () => {
    const { columns } = columnsOf(['attic', ['air']]);
    columns.columnsAre(0, ['air', 'hum']);
    expect(columns.choiceOf(0).isHidden('hum')).toBe(false);
    columns.name(['air']);
    expect(columns.choiceOf(0).isHidden('hum')).toBe(true);
  });
});

describe('the columns of several datasets', () => {
  it('are named alone, with their dataset, or all of one', () => {
    const { columns, shown } = columnsOf(['attic', ['air', 'hum']], ['cellar', ['air', 'gas']]);
    columns.name(['air']);
    expect(shown()).toEqual([['air'], ['air']]);
    columns.name(['attic.hum', 'cellar.*']);
    expect(shown()).toEqual([['hum'], ['air', 'gas']]);
    columns.choiceOf(0).hide('hum', true);
    expect(columns.named).toEqual(['cellar.*']);
    columns.choiceOf(1).hide('gas', true);
    expect(columns.named).toEqual(['cellar.air']);
  });

  it('stay in the address while their dataset has not answered', () => {
    const columns = new Columns(['attic', 'cellar'], () => {});
    columns.name(['air', 'cellar.gas']);
    columns.columnsAre(0, ['air', 'hum']);
    expect(columns.problems).toEqual([]);
    columns.choiceOf(0).hide('hum', false);
    expect(columns.named).toEqual(['attic.*', 'cellar.air', 'cellar.gas']);
  });

  it('have the names of datasets of two servers apart', () => {
    expect(distinctNames(['attic', 'attic', 'cellar'])).toEqual(['attic', 'attic(2)', 'cellar']);
  });
});
