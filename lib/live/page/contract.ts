// What the server says: docs/live.md. Numbers that JSON lacks come as 'NaN', 'Infinity', '-Infinity'.

export type Num = number | 'NaN' | 'Infinity' | '-Infinity';

export type RunState = 'training' | 'stopping' | 'stopped' | 'finished' | 'failed' | 'elsewhere';

export interface Summary {
  readonly name: string;
  readonly model: string;
  readonly state: RunState;
  readonly epoch: number;
  readonly epochs: number;
  readonly trainAcc?: Num | null;
  readonly testAcc?: Num | null;
  readonly loss?: Num | null;
  /** Whether the page may stop and continue it. */
  readonly writable: boolean;
}

export interface Progress {
  readonly epoch: number;
  /** Since the training began, from 1. */
  readonly step: number;
  /** Of one epoch. */
  readonly steps: number;
  readonly imagesPerSecond?: Num | null;
  readonly secondsLeft?: Num | null;
  readonly engine?: string | null;
  readonly engineReason?: string | null;
  readonly device?: string | null;
}

export interface Epoch {
  readonly epoch: number;
  readonly loss: Num;
  readonly trainAcc?: Num | null;
  readonly testAcc?: Num | null;
  readonly seconds?: Num | null;
}

export interface Detail extends Summary {
  readonly configuration: Readonly<Record<string, unknown>>;
  readonly progress?: Progress | null;
  readonly history: readonly Epoch[];
  /** Epochs whose weights are kept; 0 is before the first step. */
  readonly kept: readonly number[];
  readonly classes: readonly string[];
  /** `[C, H, W]` of what is painted, uint8. */
  readonly input: readonly [number, number, number];
  /** Test images. */
  readonly images?: number;
  readonly message?: string | null;
}

export interface Losses {
  readonly steps: readonly number[];
  readonly losses: readonly Num[];
}

/** Numbers as base64 of little-endian float32. */
export interface Packed {
  readonly shape: readonly number[];
  readonly values: string;
}

export interface Stage extends Packed {
  /** `'INPUT'`, `'C1'` … `'OUTPUT'` */
  readonly name: string;
  readonly op: string;
  readonly activation?: string | null;
  readonly least: Num;
  readonly most: Num;
  /** Its name among the weights. */
  readonly layer?: string | null;
  readonly kernel?: readonly [number, number] | null;
  readonly stride?: readonly [number, number] | null;
  readonly padding?: readonly [number, number] | null;
}

export interface Features {
  readonly stages: readonly Stage[];
  readonly scores: readonly { readonly label: string; readonly score: Num }[];
  readonly label: string;
}

export interface Weights {
  readonly layers: readonly Layer[];
}

export interface Layer extends Packed {
  readonly name: string;
  readonly bias?: string | null;
}

export interface Confusion {
  readonly classes: readonly string[];
  readonly counts: readonly (readonly number[])[];
  readonly mistakes: readonly Mistake[];
}

export interface Mistake {
  readonly index: number;
  readonly actual: number;
  readonly predicted: number;
  readonly score: Num;
}

export interface Cell {
  readonly images: readonly { readonly index: number; readonly score: Num }[];
}

export interface TestImage extends Packed {
  readonly label: number;
}

export interface Decisive extends Packed {
  readonly label: string;
  readonly score: Num;
}

export interface StepsEvent {
  readonly run: string;
  readonly epoch: number;
  readonly step: number;
  readonly steps: readonly number[];
  readonly losses: readonly Num[];
  readonly imagesPerSecond?: Num | null;
  readonly secondsLeft?: Num | null;
}

export interface EpochEvent extends Epoch {
  readonly run: string;
  readonly kept: readonly number[];
}

export interface StateEvent extends Summary {
  readonly run: string;
}
