import { TorchError } from '../../error.js';

/** Says that a forward pass cannot become an ONNX file. */
export function refuse(reason: string): never {
  throw new TorchError('ERR_ONNX_UNSUPPORTED', `exportOnnx: ${reason}`);
}
