import type { NativeTensor } from '../tensor.js';
import type { AutogradExports } from './autograd.js';
import type { ContextExports } from './context.js';
import type { CudaExports } from './cuda.js';
import type { DataExports } from './data.js';
import type { DistributedExports } from './distributed.js';
import type { FusedExports } from './fused.js';
import type { OperatorExports } from './operators.js';
import type { RandomExports } from './random.js';
import type { RecordingExports } from './recording.js';

/** The binary's exports: the only declaration of them, by room of native/. */
export interface Native
  extends AutogradExports,
    ContextExports,
    CudaExports,
    DataExports,
    DistributedExports,
    FusedExports,
    OperatorExports,
    RandomExports,
    RecordingExports {
  readonly Tensor: { readonly prototype: NativeTensor };
}
