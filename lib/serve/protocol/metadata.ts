import { version } from '../../location.js';
import type { ServedModel } from '../servedModel.js';
import { tensors } from './infer.js';

/** What `GET /v2` says. */
export const serverMetadata = () => ({
  name: 'lenet-torch',
  version,
  extensions: ['binary_tensor_data'],
});

/** What `GET /v2/models/NAME` says. */
export const modelMetadata = ({ name, shape, classes }: ServedModel) => ({
  name,
  versions: ['1'],
  platform: 'lenet-torch',
  inputs: [{ name: tensors.input, datatype: tensors.datatype, shape: [-1, ...shape] }],
  outputs: [{ name: tensors.output, datatype: tensors.datatype, shape: [-1, classes.length] }],
});
