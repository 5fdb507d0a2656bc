// Says whether a topic matches a filter with wildcards (MQTT 5, section 4.7).

/** `+` stands for one level, `#` at the end for any number of levels; neither for a first level that begins with `$`. */
export function matches(filter: string, topic: string): boolean {
  if (/^[+#]/.test(filter) && topic.startsWith('$')) return false;
  const levels = topic.split('/');
  const wanted = filter.split('/');
  for (const [index, level] of wanted.entries()) {
    if (level === '#') return true;
    if (index >= levels.length || (level !== '+' && level !== levels[index])) return false;
  }
  return wanted.length === levels.length;
}

/** Whether a text is a filter: wildcards take a whole level, and `#` the last one. */
export function isFilter(text: string): boolean {
  const levels = text.split('/');
  return (
    text !== '' &&
    !text.includes('\0') &&
    levels.every((level, index) => {
      if (level === '+') return true;
      if (level === '#') return index === levels.length - 1;
      return !/[+#]/.test(level);
    })
  );
}

export function hasWildcard(filter: string): boolean {
  return /[+#]/.test(filter);
}
