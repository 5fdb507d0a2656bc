import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TextLines } from '../../../dap/model/text-lines.ts';

const texts = fc
  .array(fc.constantFrom('a', '\n', '\r', '\r\n', '\n\r'), { maxLength: 30 })
  .map(it => it.join(''));

describe('the lines of a text', () => {
  it('are found for offsets in any order, however the lines end', () => {
    fc.assert(
      fc.property(texts, fc.array(fc.nat(40), { maxLength: 20 }), (text, offsets) => {
        const lines = new TextLines(text);
        for (const offset of offsets.filter(offset => offset < text.length)) {
          const { line, start } = lines.at(offset);
          const starts = [
            0,
            ...[...text.matchAll(/\r\n|\r|\n/g)].map(({ index, 0: end }) => index + end.length),
          ];
          expect(start).toBe(starts[line - 1]);
          expect(start).toBeLessThanOrEqual(offset);
          expect(starts[line] ?? text.length).toBeGreaterThan(offset);
        }
      }),
    );
  });

  it.each(['\n', '\r', '\r\n'])('are found in both directions without a look at all of the text: %j', end => {
    const text = `a${end}`.repeat(500_000);
    const lines = new TextLines(text);
    const size = 1 + end.length;
    // A look at all of the text for each of these takes minutes.
    for (let count = 0; count < 50_000; count += 1) {
      const offset = text.length - size * (1 + (count % 7));
      expect(lines.at(offset)).toEqual({ line: 500_000 - (count % 7), start: offset });
    }
  });
});
