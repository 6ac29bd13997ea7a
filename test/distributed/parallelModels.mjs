// The models of scripts/recording/parallel.py.
import * as torch from '../../dist/index.js';

const { distributed, nn } = torch;

// What rank 0 has seen decides what all ranks compute: buffers that are not broadcast show in the parameters.
class Running extends nn.Module {
  a = new nn.Linear(4, 8);
  b = new nn.Linear(8, 3);
  constructor() {
    super();
    this.registerBuffer('mean', torch.zeros([8]));
  }
  forward(x) {
    const h = this.a.forward(x);
    torch.noGrad(() => {
      this.mean.mul_(0.5).add_(h.mean(0).mul(0.5));
    });
    return this.b.forward(torch.sigmoid(h.sub(this.mean.clone())));
  }
}

// The last rank leaves a layer out.
class Branches extends nn.Module {
  a = new nn.Linear(4, 8);
  b = new nn.Linear(8, 8);
  c = new nn.Linear(8, 3);
  forward(x) {
    const h = torch.sigmoid(this.a.forward(x));
    const isLast = distributed.getRank() === distributed.getWorldSize() - 1;
    return this.c.forward(isLast ? h : torch.sigmoid(this.b.forward(h)));
  }
}

// Two results, of which the loss uses the first.
class Heads extends nn.Module {
  a = new nn.Linear(4, 3);
  b = new nn.Linear(4, 3);
  forward(x) {
    return [this.a.forward(x), this.b.forward(x)];
  }
}

export const models = { LeNet: torch.LeNet, Running, Branches, Heads };
