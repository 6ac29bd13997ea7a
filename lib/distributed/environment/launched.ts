/** Who started this process as one of a group, and where the group meets. */
export interface Launched {
  readonly launcher:
    | 'torchrun'
    | 'slurm'
    | 'openmpi'
    | 'mpich'
    | 'pytorchjob'
    | 'trainer'
    | 'environment';
  /** 0…worldSize − 1, of all processes. */
  readonly rank: number;
  readonly worldSize: number;
  /** 0…localWorldSize − 1, of the processes on this host. */
  readonly localRank: number;
  readonly localWorldSize: number;
  readonly masterAddr: string;
  readonly masterPort: number;
  /** Whether somebody else serves the store (torchrun's agent): rank 0 does not. */
  readonly isStoreServed: boolean;
  /** How often the launcher has started this group before: keys of an attempt's own. 0 the first time. */
  readonly attempt: number;
  /** Names of the variables that were taken. */
  readonly taken: readonly string[];
  /** A word on what was found odd, a line each. */
  readonly notes: readonly string[];
}

/** A process's place as one launcher tells it, to be compared with another's. */
export interface Place {
  readonly launcher: string;
  /** The variable that has the rank: without it nothing is told. */
  readonly rankName: string;
  readonly rank: number;
  readonly size: number;
  /** Processes on this host, where it is told. */
  readonly localSize?: number;
}
