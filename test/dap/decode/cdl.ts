// Reads the values in a CDL text, as ncdump prints it.

export interface Cdl {
  /** The CDL type of each variable: `char`, `byte`, `short`, `int`, `float`, `double` and so on. */
  readonly types: ReadonlyMap<string, string>;
  /**
   * The values of each variable, row-major. Those of a char variable are its strings, without the zeros that fill them
   * up; those of a float variable are Float32 numbers. A missing value (`_`) is the variable's fill value. A variable
   * without any value has an empty list.
   */
  readonly data: ReadonlyMap<string, readonly (number | string)[]>;
}

const DECLARATION = /^\t(\w+) (\S+?)(?:\([^)]*\))? ;$/gm;
const FILL_VALUE = /^\t\t(\S+):_FillValue = (\S+) ;$/gm;
const ASSIGNMENT = /^ (\S+) =\s((?:"(?:\\.|[^"\\])*"|[^;"])*);$/gm;
const STRING_OR_NUMBER = /"((?:\\.|[^"\\])*)"|[^\s,]+/g;

/** netCDF's default fill values. */
const FILL_VALUES: Readonly<Record<string, string>> = {
  byte: '-127',
  short: '-32767',
  int: '-2147483647',
  float: '9.9692099683868690e+36',
  double: '9.9692099683868690e+36',
};

/** Reads the output of ncdump. Throws an error that names the value and the variable that it cannot read. */
export function readCdl(text: string): Cdl {
  const [, header = '', values = ''] = /^netcdf .*?\{\n(.*?)(?:^data:\n(.*))?^\}/ms.exec(text) ?? [];
  const types = new Map<string, string>();
  for (const [, type = '', name = ''] of header.matchAll(DECLARATION)) types.set(unescapeName(name), type);
  const fills = new Map<string, string>();
  for (const [, name = '', fill = ''] of header.matchAll(FILL_VALUE)) fills.set(unescapeName(name), fill);
  const data = new Map<string, readonly (number | string)[]>();
  for (const name of types.keys()) data.set(name, []);
  for (const [, escaped = '', list = ''] of values.matchAll(ASSIGNMENT)) {
    const name = unescapeName(escaped);
    const type = types.get(name);
    if (type === undefined) throw new Error(`CDL: values of ${name}, which is not declared`);
    const fill = fills.get(name) ?? FILL_VALUES[type] ?? '_';
    data.set(
      name,
      Array.from(list.matchAll(STRING_OR_NUMBER), ([token, string]) =>
        string === undefined ? readNumber(name, type, token === '_' ? fill : token) : unescapeString(string),
      ),
    );
  }
  return { types, data };
}

function readNumber(name: string, type: string, token: string): number {
  if (/^-?nanf?$/i.test(token)) return Number.NaN;
  const infinity = /^(-?)inf(?:inity)?f?$/i.exec(token);
  const number = infinity ? Number(`${infinity[1]}Infinity`) : Number(token.replace(/[bsfUL]+$/i, ''));
  if (Number.isNaN(number)) throw new Error(`CDL: expected a number in ${name}, found ${token}`);
  return type === 'float' ? Math.fround(number) : number;
}

/** CDL escapes in names: a backslash before any character that is not a letter, and before a leading digit. */
function unescapeName(name: string): string {
  return name.replace(/\\(.)/g, '$1');
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', v: '\v' };

function unescapeString(string: string): string {
  return string.replace(/\\([0-7]{3}|.)/gs, (_, code: string) =>
    code.length === 3 ? String.fromCharCode(Number.parseInt(code, 8)) : (ESCAPES[code] ?? code),
  );
}
