// What is in JSON that came from a server? Fields that may be anything: whoever reads them says what they have to be.

export type Fields = Readonly<Record<string, unknown>>;

/** The fields of an object; none where `value` is something else. */
export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

/** What a response says in JSON; undefined where it is not a good one, or says it in something else. */
export async function jsonOf(response: Response): Promise<unknown> {
  if (response.ok && /\bjson\b/.test(response.headers.get('content-type') ?? '')) return response.json();
  await response.body?.cancel();
  return undefined;
}
