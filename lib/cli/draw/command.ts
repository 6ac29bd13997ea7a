import { Command } from 'commander';

import { curvesCommand } from './curves.js';
import { featuresCommand } from './features.js';
import {
  architectureCommand,
  connectionsCommand,
  filtersCommand,
  poolingCommand,
} from './network.js';
import { confusionCommand, mistakesCommand } from './tests.js';

/** `lenet-torch draw PICTURE`: an SVG on stdout, or a file. */
export function command(): Command {
  const made = new Command('draw').description(
    'draw a picture: SVG on stdout, or the file that --out names',
  );
  const pictures = [
    architectureCommand(),
    connectionsCommand(),
    poolingCommand(),
    featuresCommand(),
    filtersCommand(),
    curvesCommand(),
    confusionCommand(),
    mistakesCommand(),
  ];
  for (const picture of pictures) made.addCommand(picture);
  return made;
}
