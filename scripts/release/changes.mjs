// Takes the section of one version out of the changelog.

/**
 * @param changelog the text in the format of Keep a Changelog
 * @returns the section without its title; `note` says if another section stands in for that of the version
 * @throws if there is neither a section of the version nor one of unreleased changes
 */
export function changesOf(changelog, version) {
  const sections = changelog.split(/^(?=## )/m).filter(section => section.startsWith('## '));
  const titled = title => sections.find(section => title.test(section.split('\n', 1)[0]));
  const own = titled(new RegExp(`^## \\[?v?${version.replaceAll('.', '\\.')}\\]?(\\s|$)`));
  const found = own ?? titled(/^## \[?Unreleased\]?\s*$/i);
  if (found === undefined)
    throw new Error(`CHANGELOG.md: expected a section "## ${version}", found none, nor one "## Unreleased"`);
  const body = found.slice(found.indexOf('\n') + 1).trim();
  if (body === '') throw new Error(`CHANGELOG.md: expected changes below "${found.trim()}", found none`);
  const text = `# dapberry ${version}\n\n${body}\n`;
  if (own !== undefined) return { text };
  return {
    text,
    note: `CHANGELOG.md has no section "## ${version}": CHANGES-${version}.md has the section "## Unreleased"`,
  };
}
