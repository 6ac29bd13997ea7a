import torch
from torch.nn import functional as F

from .call import record_call
from .encode import encode


def functions():
    """nn.functional where no layer of its own leads there."""
    torch.manual_seed(8)
    x = torch.randn(2, 3, 4, 4)
    cases = []

    def case(name, args, function, *inputs):
        cases.append({"function": name, "args": args, "inputs": encode(list(inputs)), **record_call(function, inputs)})

    for mode in ("constant", "reflect", "replicate", "circular"):
        case("pad", [[1, 2, 0, 1], {"mode": mode}], lambda x, mode=mode: F.pad(x, (1, 2, 0, 1), mode=mode), x)
    case("pad", [[1, -1], {"value": 2.5}], lambda x: F.pad(x, (1, -1), value=2.5), x)
    case("oneHot", [], lambda x: F.one_hot(x), torch.tensor([0, 2, 1]))
    case("oneHot", [4], lambda x: F.one_hot(x, 4), torch.tensor([[0], [3]]))
    case("avgPool2d", [3, 2, {"ceilMode": True, "divisorOverride": 2}],
         lambda x: F.avg_pool2d(x, 3, 2, ceil_mode=True, divisor_override=2), x)
    case("maxPool2d", [[2, 1], [1, 2], {"dilation": [2, 1]}], lambda x: F.max_pool2d(x, (2, 1), (1, 2), dilation=(2, 1)), x)
    case("softmax", [-1], lambda x: F.softmax(x, -1), x)
    case("logSoftmax", [0], lambda x: F.log_softmax(x, 0), x)
    case("relu", [], F.relu, x)
    case("tanh", [], torch.tanh, x)
    case("sigmoid", [], torch.sigmoid, x)
    case("dropout", [0.5, {"training": False}], lambda x: F.dropout(x, 0.5, False), x)
    case("dropout", [1], lambda x: F.dropout(x, 1.0), x)
    case("batchNorm", [None, None, {"training": True, "eps": 0.01}],
         lambda x: F.batch_norm(x, None, None, training=True, eps=0.01), x)
    scores, target = torch.randn(2, 3, 2), torch.tensor([[0, 2], [1, 1]])
    case("crossEntropy", [{"input": 1}], lambda x, y: F.cross_entropy(x, y), scores, target)
    case("crossEntropy", [{"input": 1}, {"labelSmoothing": 0.2, "reduction": "sum"}],
         lambda x, y: F.cross_entropy(x, y, label_smoothing=0.2, reduction="sum"), scores, target)
    case("crossEntropy", [{"input": 1}], lambda x, y: F.cross_entropy(x, y), torch.randn(3), torch.tensor(2))
    case("nllLoss", [{"input": 1}, {"ignoreIndex": 1}], lambda x, y: F.nll_loss(x, y, ignore_index=1), scores, target)
    case("mseLoss", [{"input": 1}], lambda x, y: F.mse_loss(x, y), x, torch.randn(2, 3, 4, 4))
    case("linear", [{"input": 1}], lambda x, w: F.linear(x, w), torch.randn(5, 4), torch.randn(2, 4))
    case("conv2d", [{"input": 1}, {"input": 2}, {"padding": "valid", "stride": [2, 1]}],
         lambda x, w, b: F.conv2d(x, w, b, stride=(2, 1), padding="valid"), x, torch.randn(2, 3, 2, 2), torch.randn(2))
    torch.manual_seed(6)
    dropped = F.dropout(torch.ones(64), 0.3)
    return {"cases": cases, "dropout": encode(dropped)}
