import { statSync } from 'node:fs';
import { Command, Option } from 'commander';

import { loadModelOrLast, weightsOption } from './lastTraining.js';
import { weightsModelOption } from './ownModel.js';

interface Options {
  weights?: string;
  model?: string;
  to: 'onnx' | 'pt' | 'safetensors';
}

/** `lenet-torch export`: weights in another format, for Python, browsers and other runtimes. */
export function command(): Command {
  return new Command('export')
    .description('write a network for ONNX Runtime, or its weights for Python')
    .argument('<out>', 'file to write')
    .option(...weightsOption)
    .addOption(weightsModelOption())
    .addOption(
      new Option('--to <format>', 'onnx: network and weights; pt, safetensors: weights')
        .choices(['onnx', 'pt', 'safetensors'])
        .makeOptionMandatory(),
    )
    .action(run);
}

async function run(out: string, { weights, model, to }: Options): Promise<void> {
  // Here and not above: help must work without libtorch.
  const [torch, { saveTorch }] = await Promise.all([
    import('../../index.js'),
    import('../../io/torch/write.js'),
  ]);
  const { net, metadata } = await loadModelOrLast(torch, weights, model);
  const write = {
    onnx: () => torch.exportOnnx(net, out, { metadata }),
    pt: () => saveTorch(net.stateDict(), out),
    safetensors: () => torch.saveSafetensors(net.stateDict(), out, { metadata }),
  };
  await write[to]();
  const kilobytes = Math.round(statSync(out).size / 1000);
  process.stderr.write(`lenet-torch: wrote ${out} (${metadata.model}, ${to}, ${kilobytes} kB)\n`);
}
