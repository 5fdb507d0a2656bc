import { describe, expect, it } from 'vitest';
import { GROUND, lineColour, lineLetter, PALETTE } from '../../../web/chart/palette.ts';

/** Relative luminance (WCAG 2.2). */
function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map(at => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}

function contrast(a: string, b: string): number {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].toSorted((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

describe.each(['light', 'dark'] as const)('the colours on a %s ground', theme => {
  it('stand out from it', () => {
    for (const colour of PALETTE[theme]) expect(contrast(colour, GROUND[theme])).toBeGreaterThan(3);
  });

  it('are different, and begin again when they are used up', () => {
    expect(new Set(PALETTE[theme]).size).toBe(PALETTE[theme].length);
    expect(lineColour(theme, PALETTE[theme].length + 1)).toBe(lineColour(theme, 1));
  });
});

it('letters every line differently', () => {
  expect([0, 1, 25, 26, 27, 51, 52].map(lineLetter)).toEqual(['A', 'B', 'Z', 'AA', 'AB', 'AZ', 'BA']);
});
