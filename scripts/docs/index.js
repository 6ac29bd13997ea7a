// The page that names all that is public, with a link each.
/** Its Markdown, from `apiPages`. */
export function indexOfApi(pages) {
  const groups = new Map();
  for (const page of pages) groups.set(page.group, [...(groups.get(page.group) ?? []), page]);
  const parts = [
    `# API

Every public name, by namespace and family, from the docstrings in the code. An entry says what the name mirrors, shapes, options with
their defaults, errors, PyTorch's own page and the line of the code. What is called what in Python: [every name](../names.md).`,
  ];
  for (const [group, all] of groups) {
    parts.push(`## ${group} {#${group.replaceAll('.', '-')}}`);
    for (const { slug, title, entries } of all) {
      const names = entries
        .filter(({ name }) => !/Options$/.test(name))
        .map(({ name, id }) => `[\`${name}\`](./${slug}.md#${id})`);
      const heading = title === group ? '' : `**[${title}](./${slug}.md)** `;
      parts.push(`${heading}${names.join(' ')}`);
    }
  }
  return `${parts.join('\n\n')}\n`;
}
