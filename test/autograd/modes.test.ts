import { describe, expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { coded, invalid } from '../coded.js';

const { autograd } = torch;
const leaf = () => torch.tensor([4, 1], { requiresGrad: true });

describe('what is recorded', () => {
  test('is set for all that follows, or for a function', () => {
    torch.setGradEnabled(false);
    expect([torch.isGradEnabled(), leaf().mul(2).requiresGrad]).toEqual([false, false]);
    torch.setGradEnabled(true);
    expect(torch.setGradEnabled(false, () => torch.isGradEnabled())).toBe(false);
    expect(torch.isGradEnabled()).toBe(true);
    expect(() => torch.setGradEnabled(false, async () => {})).toThrow(coded('ERR_ASYNC_NO_GRAD'));
    expect(() => torch.setGradEnabled('no' as never)).toThrow(invalid(/mode/));
    expect(torch.isGradEnabled()).toBe(true);
    expect(autograd.setGradEnabled).toBe(torch.setGradEnabled);
  });

  test('is nothing in inference mode, and what is made there is never', () => {
    const [made, mode] = torch.inferenceMode(() => [
      torch.ones([2]),
      [torch.isInferenceModeEnabled(), torch.isGradEnabled()],
    ]) as [torch.Tensor, boolean[]];
    expect(mode).toEqual([true, false]);
    expect([torch.isInferenceModeEnabled(), torch.isGradEnabled()]).toEqual([false, true]);
    expect([made.isInference(), leaf().isInference()]).toEqual([true, false]);
    // As in Python: it cannot be saved for a backward pass.
    expect(() => leaf().mul(made)).toThrow(coded('ERR_LIBTORCH', /[Ii]nference tensors cannot/));
    expect(torch.inferenceMode(() => torch.isGradEnabled(), { mode: false })).toBe(true);
    const within = () => torch.inferenceMode(() => torch.isInferenceModeEnabled(), { mode: false });
    expect(torch.inferenceMode(within)).toBe(false);
  });

  test('inference mode ends with what is thrown, and takes no promises', () => {
    const mine = new Error('mine');
    expect(() =>
      torch.inferenceMode(() => {
        throw mine;
      }),
    ).toThrow(mine);
    expect(torch.isInferenceModeEnabled()).toBe(false);
    expect(() => torch.inferenceMode(async () => {})).toThrow(coded('ERR_ASYNC_NO_GRAD'));
    expect(torch.isInferenceModeEnabled()).toBe(false);
    expect(() => torch.inferenceMode(5 as never)).toThrow(invalid(/fn/));
  });
});

describe('anomalies', () => {
  // The gradient of a root at 0, times 0.
  const broken = () => {
    const x = torch.zeros([1], { requiresGrad: true });
    return x.sqrt().mul(0).sum();
  };

  test('are errors that name the operator, where they are looked for', () => {
    broken().backward();
    const message = "Function 'SqrtBackward0' returned nan values in its 0th output.";
    expect(() => autograd.detectAnomaly(() => broken().backward())).toThrow(
      coded('ERR_LIBTORCH', message),
    );
    expect(torch.isAnomalyEnabled()).toBe(false);
    autograd.detectAnomaly(() => broken().backward(), { checkNan: false });
    autograd.setDetectAnomaly(true);
    try {
      expect([torch.isAnomalyEnabled(), torch.isAnomalyCheckNanEnabled()]).toEqual([true, true]);
      expect(() => broken().backward()).toThrow(coded('ERR_LIBTORCH', message));
    } finally {
      autograd.setDetectAnomaly(false);
    }
    expect(() => autograd.detectAnomaly(async () => {})).toThrow(coded('ERR_ASYNC_NO_GRAD'));
    expect(torch.isAnomalyEnabled()).toBe(false);
  });

  test('warn of the operator without the frames of C++', async () => {
    const warned: string[] = [];
    const listen = ({ message }: Error) => void warned.push(message);
    process.on('warning', listen);
    const x = torch.tensor([-1], { requiresGrad: true });
    expect(() => autograd.detectAnomaly(() => x.log().sqrt().sum().backward())).toThrow();
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', listen);
    const said = warned.filter((each) => each.startsWith('Error detected'));
    expect(said.every((each) => /^Error detected in \w+\.$/.test(each))).toBe(true);
    expect(said).not.toEqual([]);
  });
});
