// Takes numbers out of the messages of MQTT: the whole payload, or values in its JSON by pointers (RFC 6901).

/** The keys of a JSON pointer; undefined for a text that is none. */
export function pointerKeys(pointer: string): readonly string[] | undefined {
  if (pointer === '') return [];
  if (!pointer.startsWith('/') || /~(?![01])/.test(pointer)) return undefined;
  return pointer
    .slice(1)
    .split('/')
    .map(key => key.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The value at the end of the keys; `found` is false where the message has none there. */
export function valueBelow(
  json: unknown,
  keys: readonly string[],
): { readonly isFound: boolean; readonly value: unknown } {
  let value = json;
  for (const key of keys) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key))
      return { isFound: false, value: undefined };
    value = (value as Readonly<Record<string, unknown>>)[key];
  }
  return { isFound: true, value };
}

/** `Number` would also take codes such as `0x10`, which no device means as the number 16. */
const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** What a value of a message is in a column: a number, NaN for none, undefined for something else. */
export function numberOf(value: unknown, states: Readonly<Record<string, number>>): number | undefined {
  if (value === null) return Number.NaN;
  // JSON reads 1e999 as an infinity.
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value === 'boolean') return states[String(value)] ?? Number(value);
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  const state = Object.hasOwn(states, text) ? states[text] : undefined;
  if (state !== undefined) return state;
  // A message that is the value alone is a text.
  if (text === 'true' || text === 'false') return Number(text === 'true');
  if (/^(nan|none|null|unknown|unavailable)?$/i.test(text)) return Number.NaN;
  const number = DECIMAL.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(number) ? number : undefined;
}

/** Whether a message about the availability of a device says that it is there. */
export function isAvailable(payload: string): boolean {
  let text = payload;
  try {
    const { state } = JSON.parse(payload) as { state?: unknown };
    // zigbee2mqtt.
    if (typeof state === 'string') text = state;
  } catch {
    // A word alone.
  }
  return /^(online|true|1|on|connected)$/i.test(text.trim());
}

/** The beginning of a value or payload for a message to a person. */
export function shown(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : (JSON.stringify(value) ?? 'nothing');
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
