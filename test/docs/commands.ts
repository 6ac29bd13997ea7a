import type { Argument, Command, Option } from 'commander';

/** docs/commands.md, from the program's own definition. */
export function commandsPage(program: Command): string {
  const parts = [
    `# Commands and options

Made from the commands' own definitions (\`npm test -- test/docs -u\`). With a local install each is \`npx lenet-torch …\`. Figures go to stdout,
everything else (setup, and on a terminal a progress bar) to stderr. Exit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted.`,
    table(
      ['command', 'what it does'],
      program.commands.map((each) => [
        `[\`${each.name()}\`](#${each.name()})`,
        each.description() || each.summary(),
      ]),
    ),
    ...program.commands.flatMap((each) => commandParts(each, 2, '')),
  ];
  return `${parts.join('\n\n')}\n`;
}

function commandParts(command: Command, level: number, before: string): string[] {
  const name = `${before}${command.name()}`;
  const parts = [
    `${'#'.repeat(level)} ${name}`,
    `\`${['lenet-torch', name, command.usage()].filter(Boolean).join(' ')}\`: ${command.description()}.`,
  ];
  const rows = [
    ...command.registeredArguments.map((each) => argumentRow(each)),
    ...command.options.filter(({ hidden }) => !hidden).map((each) => optionRow(each)),
  ];
  if (rows.length > 0) parts.push(table(['', 'what it says', 'default'], rows));
  return [
    ...parts,
    ...command.commands.flatMap((each) => commandParts(each, level + 1, `${name} `)),
  ];
}

function argumentRow(argument: Argument): string[] {
  const name = argument.variadic ? `${argument.name()}...` : argument.name();
  return [`\`${argument.required ? `<${name}>` : `[${name}]`}\``, argument.description, ''];
}

function optionRow(option: Option): string[] {
  const { description, argChoices: choices, envVar, mandatory } = option;
  const more = [
    choices && `one of ${choices.map((each) => `\`${each}\``).join(', ')}`,
    envVar && `or the variable \`${envVar}\``,
    mandatory && 'has to be given',
  ].filter(Boolean);
  const initial = option.defaultValueDescription ?? option.defaultValue;
  const isShown = initial !== undefined && initial !== true && initial !== false;
  return [
    `\`${option.flags}\``,
    [description, ...more].join('; '),
    isShown && !/default:/.test(description) ? `\`${String(initial)}\`` : '',
  ];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((each) => each.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}
