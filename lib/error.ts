/** Every code that an error of this package can carry. Codes are stable; messages may improve. */
export type ErrorCode =
  | 'ERR_INVALID_ARG' // a value of the wrong type or out of range
  | 'ERR_TENSOR_RELEASED' // a tensor used after its scope or dispose() released it
  | 'ERR_LIBTORCH' // libtorch refused: shapes, dtypes, devices
  | 'ERR_OUT_OF_MEMORY'
  | 'ERR_UNKNOWN_OPERATOR'
  | 'ERR_CUDA_UNAVAILABLE'
  | 'ERR_CUDA_ARCHITECTURE' // libtorch has no kernels for this GPU
  | 'ERR_CUDA_CONTEXT_LOST' // a kernel failed: this process can use no GPU any more
  | 'ERR_CUDA_CAPTURE' // something in it cannot be captured in a CUDA graph
  | 'ERR_ASYNC_NO_GRAD'
  | 'ERR_BACKWARD_THREAD' // a backward pass calls JavaScript on a thread that has none
  | 'ERR_GRADCHECK' // gradients that small changes of the inputs do not confirm
  | 'ERR_STATE_DICT' // missing, unexpected or mis-shaped keys
  | 'ERR_MODEL_BUSY' // the model is being trained
  | 'ERR_ENGINE_UNSUPPORTED' // engine: 'fused' or 'graph' for what it does not run, or where it is missing
  | 'ERR_ONNX_UNSUPPORTED' // a forward pass that an ONNX file cannot hold
  | 'ERR_LABEL_RANGE' // a label that is no class of the network
  | 'ERR_DATA_NOT_FOUND'
  | 'ERR_DATA_CORRUPT'
  | 'ERR_DATA_EMPTY'
  | 'ERR_IMAGE' // bytes that are no image, a damaged one, or one too large
  | 'ERR_FILE_NOT_FOUND'
  | 'ERR_FILE_READ' // a file is there, but cannot be read: permissions, a folder, the disk
  | 'ERR_FILE_WRITE' // a file cannot be written, for another reason than a full disk
  | 'ERR_FILE_FORMAT' // a file of another format, or with something in it that this package lacks
  | 'ERR_FILE_CORRUPT' // a file that contradicts its own format: cut, altered, or made to mislead
  | 'ERR_PICKLE_GLOBAL' // a class or function in a PyTorch file that is not data
  | 'ERR_RUN_NOT_FOUND' // a folder that holds no run
  | 'ERR_RUN_EXISTS' // a new run where there is something already
  | 'ERR_RUN_LOCKED' // a run that is being trained elsewhere
  | 'ERR_RUN_MISMATCH' // a run that was begun with another model, data or settings
  | 'ERR_RUN_CORRUPT' // files of a run that do not fit together
  | 'ERR_DISTRIBUTED_UNAVAILABLE' // this libtorch, or this installation, has no torch.distributed
  | 'ERR_DISTRIBUTED_ENVIRONMENT' // what the launcher says does not hold together
  | 'ERR_DISTRIBUTED_ADDRESS' // a port that is taken
  | 'ERR_DISTRIBUTED_CONNECT' // a process cannot be reached: its name, its address, its port
  | 'ERR_DISTRIBUTED_TIMEOUT' // another process did not come in time
  | 'ERR_DISTRIBUTED_PEER' // another process has ended, or closed its connection
  | 'ERR_DISTRIBUTED_MISMATCH' // processes that do different things: models, sizes, operations, data
  | 'ERR_DISTRIBUTED_CLOSED' // a process group that has been destroyed, or has failed before
  | 'ERR_PORT_IN_USE'
  | 'ERR_PORT_DENIED' // a port that this user may not open
  | 'ERR_HOST_NOT_FOUND' // a name without an address, or an address of another machine
  | 'ERR_REQUEST' // an HTTP request that says what it must not: its headers, its form
  | 'ERR_FORBIDDEN' // a request from elsewhere, or without its token
  | 'ERR_NOT_FOUND' // a path that a server has nothing at
  | 'ERR_METHOD' // a method that a path does not have
  | 'ERR_MEDIA_TYPE' // a body of a kind that a path does not take
  | 'ERR_BODY_TOO_LARGE'
  | 'ERR_OVERLOADED' // more requests wait than a server takes
  | 'ERR_MODEL_UNFIT' // a network that cannot be served
  | 'ERR_CLOSING' // a server that is about to end
  | 'ERR_DOWNLOAD'
  | 'ERR_NO_SPACE'
  | 'ERR_CACHE' // the cache folder cannot be written
  | 'ERR_NO_PIP'
  | 'ERR_LIBTORCH_NOT_FOUND'
  | 'ERR_LIBTORCH_LOAD'
  | 'ERR_LIBTORCH_VERSION'
  | 'ERR_ADDON_NOT_FOUND'
  | 'ERR_UNSUPPORTED_PLATFORM'
  | 'ERR_ABORTED';

/**
 * An error of this package: `code` says what went wrong, `message` what was expected and what came.
 *
 * @param options.cause - The error that it comes of. Default: none.
 * @example
 * const error = await torch.load('nowhere.pt').catch((thrown) => thrown);
 * [error instanceof torch.TorchError, error.code]; // → [ true, 'ERR_FILE_NOT_FOUND' ]
 */
export class TorchError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'TorchError';
    this.code = code;
  }
}

/**
 * A device or the machine has no memory left for a tensor; what was there before stays usable.
 *
 * @param options.cause - The error that it comes of. Default: none.
 * @example
 * const isMemory = (error: unknown) => error instanceof torch.OutOfMemoryError;
 * isMemory(new torch.OutOfMemoryError('ERR_OUT_OF_MEMORY', 'no room for 8 GB')); // → true
 */
export class OutOfMemoryError extends TorchError {
  /** Bytes asked for, where libtorch says so, rounded as it does. */
  declare readonly asked?: number;
  /** Bytes free on the GPU then. */
  declare readonly free?: number;
  /** Bytes that the GPU has. */
  declare readonly total?: number;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(code, message, options);
    this.name = 'OutOfMemoryError';
  }
}

/** A `TypeError` with a stable code: an argument of the wrong type or outside its range. */
export function invalidArgument(message: string): TypeError & { code: ErrorCode } {
  return Object.assign(new TypeError(message), { code: 'ERR_INVALID_ARG' as const });
}

/** A `RangeError` with a stable code: an index or a size beyond what is there. */
export function invalidRange(message: string): RangeError & { code: ErrorCode } {
  return Object.assign(new RangeError(message), { code: 'ERR_INVALID_ARG' as const });
}
