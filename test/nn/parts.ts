import * as torch from '../../lib/index.js';
import { recorded } from '../recorded.js';

const { nn } = torch;

interface States {
  repr: string;
  keys: string[];
  parameters: string[];
  buffers: string[];
  modules: string[];
  children: string[];
  ownParameters: string[];
  applied: string[];
  failures: Record<string, string>;
  parameter: string;
  kinds: string[];
  old: Record<string, string | { missing: string[]; unexpected: string[]; count: number }>;
}

export const states = recorded<States>('states');

/** The same network as in scripts/recording/states.py. */
export class Parts extends nn.Module {
  scale = new nn.Parameter(torch.ones(2));
  norm: torch.nn.BatchNorm2d;
  blocks: torch.nn.ModuleList<torch.nn.Linear>;
  head: torch.nn.Sequential;
  absent = null;

  constructor() {
    super();
    this.registerBuffer('mask', torch.zeros(3));
    this.registerBuffer('scratch', torch.zeros(1), { persistent: false });
    this.norm = new nn.BatchNorm2d(2);
    const shared = new nn.Linear(2, 2);
    this.blocks = new nn.ModuleList([shared, new nn.Linear(2, 2, { bias: false }), shared]);
    const inner = new nn.Linear(2, 2);
    inner.weight = this.blocks.at(1).weight;
    this.head = new nn.Sequential(new nn.ReLU(), new nn.Sequential(inner, new nn.Dropout()));
  }

  forward(x: torch.Tensor): torch.Tensor {
    return this.head.forward(x);
  }
}
