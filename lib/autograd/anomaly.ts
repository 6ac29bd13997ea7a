import { atMost } from '../argument/atMost.js';
import { callback, flag } from '../argument/kind.js';
import { readOptions } from '../argument/options.js';
import { runSynchronously } from '../context/synchronous.js';
import { native } from '../native/load.js';

/** Options of {@link detectAnomaly}. */
export interface AnomalyOptions {
  /** Whether a gradient that is NaN is an error. Default true. */
  checkNan?: boolean;
}

const spec = { checkNan: flag.or(true) };

/**
 * Says whether backward passes look for the operator that makes a gradient NaN; mirrors
 * `torch.autograd.set_detect_anomaly`. All threads of the process share it, and passes get slower.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for anything but a boolean.
 * @see https://docs.pytorch.org/docs/stable/autograd.html#anomaly-detection
 * @example
 * torch.autograd.setDetectAnomaly(true);
 * torch.isAnomalyEnabled(); // → true
 * torch.autograd.setDetectAnomaly(false);
 */
export function setDetectAnomaly(mode: boolean, options?: AnomalyOptions): void {
  atMost('setDetectAnomaly', 2, arguments.length);
  const { checkNan } = readOptions('setDetectAnomaly', spec, options);
  native.setAnomaly(flag.read('setDetectAnomaly: mode', mode), checkNan);
}

/**
 * Runs a synchronous function while backward passes look for the operator that makes a gradient NaN: there they end
 * with an `ERR_LIBTORCH` that names it. Mirrors `torch.autograd.detect_anomaly`.
 *
 * @throws {TorchError} `ERR_ASYNC_NO_GRAD` when `fn` returns a promise.
 * @example
 * const x = torch.zeros(1, { requiresGrad: true });
 * let said = '';
 * try {
 *   torch.autograd.detectAnomaly(() => x.sqrt().mul(0).sum().backward());
 * } catch (error) {
 *   said = (error as Error).message;
 * }
 * said; // → "Function 'SqrtBackward0' returned nan values in its 0th output."
 */
export function detectAnomaly<T>(fn: () => T, options?: AnomalyOptions): T {
  atMost('detectAnomaly', 2, arguments.length);
  const { checkNan } = readOptions('detectAnomaly', spec, options);
  callback('a synchronous function').read('detectAnomaly: fn', fn);
  const before = native.setAnomaly(true, checkNan);
  return runSynchronously('detectAnomaly', 'their passes would be looked at too', fn, () => {
    native.setAnomaly(...before);
  });
}

/**
 * Whether backward passes are looked at now; mirrors `torch.is_anomaly_enabled`.
 *
 * @example
 * torch.autograd.detectAnomaly(() => torch.isAnomalyEnabled()); // → true
 */
export function isAnomalyEnabled(): boolean {
  atMost('isAnomalyEnabled', 0, arguments.length);
  return native.setAnomaly()[0];
}

/**
 * Whether they look for NaN; mirrors `torch.is_anomaly_check_nan_enabled`.
 *
 * @example
 * torch.autograd.detectAnomaly(() => torch.isAnomalyCheckNanEnabled(), { checkNan: false }); // → false
 */
export function isAnomalyCheckNanEnabled(): boolean {
  atMost('isAnomalyCheckNanEnabled', 0, arguments.length);
  return native.setAnomaly()[1];
}
