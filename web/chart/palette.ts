// Gives each line a colour that people with any colour vision tell apart, on a light and on a dark ground.

/** The page's background colours, as in the style sheet. */
export const GROUND = { light: '#ffffff', dark: '#161b22' } as const;

/** After Okabe and Ito, made darker or lighter until each stands out 3:1 from its ground (WCAG 2.2, 1.4.11). */
export const PALETTE = {
  light: ['#0060a8', '#d55e00', '#008f6b', '#b8519a', '#3d8fd6', '#7a5c00', '#2b2b2b'],
  dark: ['#56b4e9', '#e69f00', '#2fc29b', '#e48ac0', '#f0e442', '#ff7f50', '#d5d9de'],
} as const;

export type Theme = keyof typeof PALETTE;

/** The colour of line number `index`, from 0. After the last colour they begin again; the letters go on. */
export function lineColour(theme: Theme, index: number): string {
  const colours = PALETTE[theme];
  return colours[index % colours.length]!;
}

/** The letter of line number `index`, from 0, for readers who cannot use colours: `A`, `B`, ... `Z`, `AA`. */
export function lineLetter(index: number): string {
  const letter = String.fromCharCode(65 + (index % 26));
  return index < 26 ? letter : lineLetter(Math.floor(index / 26) - 1) + letter;
}
