import { Command } from 'commander';

import { addModelOptions, type ModelChoice, makeModel } from './modelChoice.js';

/** `lenet-torch summary`: a network counted layer by layer, on stdout. */
export function command(): Command {
  const made = new Command('summary')
    .description('count parameters, connections and multiply-adds layer by layer')
    .option('--json', 'print one JSON object: layers and total');
  return addModelOptions(made).action(run);
}

async function run(options: ModelChoice & { json?: boolean }, command: Command): Promise<void> {
  // Here and not above: help must work without libtorch.
  const torch = await import('../../index.js');
  const { net } = await makeModel(torch, options, command);
  const found = torch.summary(net, net.inputShape);
  console.log(options.json ? JSON.stringify(found) : `${found}`);
}
