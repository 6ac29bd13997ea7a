import type { Tensor } from '../tensor.js';

declare const storeBrand: unique symbol;
/** A native store; opaque to JavaScript. */
export interface NativeStore {
  readonly [storeBrand]: true;
}

declare const groupBrand: unique symbol;
/** A native process group; opaque to JavaScript. */
export interface NativeGroup {
  readonly [groupBrand]: true;
}

declare const reducerBrand: unique symbol;
/** A native reducer; opaque to JavaScript. */
export interface NativeReducer {
  readonly [reducerBrand]: true;
}

declare const averageBrand: unique symbol;
/** What averages gradients over a group on an engine's own thread; opaque to JavaScript. */
export interface NativeAverage {
  readonly [averageBrand]: true;
}

/** Ranks with different numbers of batches train together. */
export interface Joining {
  readonly dividesByInitialSize: boolean;
  readonly throwsEarly: boolean;
}

/** What a rank without batches has done. */
export interface Shadowed {
  /** In how many passes of others it took part. */
  readonly passes: number;
  readonly hasNewBuffers: boolean;
  /** Whether others have batches left, where all are to throw then. */
  readonly isEarly: boolean;
}

/** torch.distributed, in a library of its own that is opened first. Times are milliseconds. */
export interface DistributedExports {
  openDistributed(path: string): string;
  openNccl(path: string): [builtFor: string, version: string, problem: string];
  onDistributedMismatch(told: (text: string) => void): void;
  distributedAddressTowards(host: string, port: number): Promise<string>;
  /** Does not keep the process: see who calls it. */
  openTcpStore(
    host: string,
    port: number,
    isServer: boolean,
    worldSize: number | undefined,
    waitForWorkers: boolean,
    useLibUV: boolean,
    timeout: number,
  ): Promise<NativeStore>;
  openFileStore(path: string, worldSize: number | undefined): Promise<NativeStore>;
  openHashStore(): NativeStore;
  openPrefixStore(prefix: string, store: NativeStore): NativeStore;
  /** @param leaves - Here and below: whether the process may end before the answer. */
  storeSet(store: NativeStore, key: string, value: Uint8Array, leaves?: boolean): Promise<void>;
  storeGet(store: NativeStore, key: string, leaves?: boolean): Promise<Uint8Array>;
  storeAdd(store: NativeStore, key: string, amount: number, leaves?: boolean): Promise<number>;
  storeWait(store: NativeStore, keys: readonly string[], timeout: number): Promise<void>;
  storeCheck(store: NativeStore, keys: readonly string[], leaves?: boolean): Promise<boolean>;
  storeDeleteKey(store: NativeStore, key: string): Promise<boolean>;
  storeCompareSet(
    store: NativeStore,
    key: string,
    expected: Uint8Array,
    desired: Uint8Array,
  ): Promise<Uint8Array>;
  storeNumKeys(store: NativeStore): Promise<number>;
  storePort(store: NativeStore): number;
  storeTimeout(store: NativeStore): number;
  storeSetTimeout(store: NativeStore, timeout: number): void;
  openGroup(
    store: NativeStore,
    rank: number,
    size: number,
    address: string,
    timeout: number,
    ncclStore: NativeStore | undefined,
    device: number,
  ): Promise<NativeGroup>;
  closeGroup(group: NativeGroup, isWhole: boolean, hasFailed: boolean): Promise<void>;
  collective(
    group: NativeGroup,
    operation: number,
    inputs: readonly Tensor[],
    outputs: readonly Tensor[],
    rank: number,
    reduction: number,
    tag: number,
  ): Promise<number>;
  groupMonitoredBarrier(group: NativeGroup, timeout: number, waitForAll: boolean): Promise<void>;
  groupSetTimeout(group: NativeGroup, timeout: number): void;
  groupLabels(group: NativeGroup, key: string, label: string, mark: string): string[];
  groupVerifyParameters(group: NativeGroup, parameters: readonly Tensor[]): void;
  groupBroadcast(group: NativeGroup, tensors: readonly Tensor[], root: number): void;
  makeReducer(
    group: NativeGroup,
    parameters: readonly Tensor[],
    names: readonly string[],
    bucketBytes: number,
    firstBucketBytes: number,
    findUnused: boolean,
    gradientAsBucketView: boolean,
  ): NativeReducer;
  reducerForward(
    reducer: NativeReducer,
    records: boolean,
    averages: boolean,
    buffers: readonly Tensor[],
    joining: Joining | undefined,
  ): boolean;
  reducerBackward(reducer: NativeReducer, outputs: readonly Tensor[]): void;
  reducerShadow(
    reducer: NativeReducer,
    joining: Joining,
    parameters: readonly Tensor[],
    buffers: readonly Tensor[],
    hasNewBuffers: boolean,
  ): Promise<Shadowed>;
  closeReducer(reducer: NativeReducer): void;
  /** It ends with its group: closeGroup() cancels it. */
  makeAverage(group: NativeGroup): NativeAverage;
  /** Whoever waits for the other ranks comes back at once, with `ERR_DISTRIBUTED_CLOSED`, and so do later calls. */
  cancelAverage(average: NativeAverage): void;
  backwardLater(loss: Tensor, threads: number): Promise<void>;
}
