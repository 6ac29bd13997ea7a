import type { DType } from '../dtype.js';

/** Switches of libtorch's context. */
export type SwitchName =
  | 'cudnn.enabled'
  | 'cudnn.benchmark'
  | 'cudnn.deterministic'
  | 'cudnn.allowTf32'
  | 'cuda.matmul.allowTf32'
  | 'deterministicAlgorithms'
  | 'deterministicAlgorithms.warnOnly';

/** What is set for a thread or the process: scopes, threads, switches, files that are held. */
export interface ContextExports {
  setErrorClasses(torchError: unknown, outOfMemory: unknown): void;
  setCollector(collect: (isFull: boolean) => void, finalizesDeleted: boolean): void;
  setWarningHandler(emit: (message: string) => void): void;
  openScope(lexical: boolean): number;
  leaveScope(id: number): void;
  leaveAllScopes(): void;
  parentScope(id: number): number;
  closeScope(id: number): void;
  memory(): { tensors: number; bytes: number };
  getSwitch(name: SwitchName): boolean;
  setSwitch(name: SwitchName, on: boolean): void;
  getDefaultDtype(): DType;
  setDefaultDtype(dtype: DType): void;
  numThreads(): number;
  setNumThreads(count: number): void;
  /** What libtorch begins with becomes at most so many; heeded once in a process. */
  limitThreads(count: number): void;
  lockFile(descriptor: number): boolean;
}
