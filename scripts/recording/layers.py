import torch
from torch import nn

from .call import record_call
from .encode import encode
from .paper import EuclideanRBF, EuclideanRBFLoss, PartialConv2d, TrainableSubsampling


def layers():
    torch.manual_seed(2)
    x = torch.randn(2, 4, 6, 6)
    scores = torch.randn(5, 3)
    labels = torch.tensor([0, 2, 1, -100, 2])
    w = torch.tensor([0.5, 1.0, 2.0])
    out = []

    def case(layer, args, module, *inputs):
        state = {key: encode(value.clone()) for key, value in module.state_dict().items()}
        recorded = record_call(lambda *given: module(*given), inputs)
        params = {name: encode(p.grad) for name, p in module.named_parameters()}
        after = {key: encode(value) for key, value in module.state_dict().items()}
        out.append({"layer": layer, "args": encode(args), "state": state, "inputs": encode(list(inputs)),
                    "paramGrads": params, "after": after, **recorded})

    case("Conv2d", [4, 6, 3], nn.Conv2d(4, 6, 3), x)
    case("Conv2d", [4, 6, [3, 5], {"stride": 2, "padding": [1, 2]}], nn.Conv2d(4, 6, (3, 5), stride=2, padding=(1, 2)), x)
    case("Conv2d", [4, 6, 3, {"padding": "same", "dilation": 2, "groups": 2, "bias": False}],
         nn.Conv2d(4, 6, 3, padding="same", dilation=2, groups=2, bias=False), x)
    case("Linear", [6, 3], nn.Linear(6, 3), x)
    case("Linear", [6, 3, {"bias": False}], nn.Linear(6, 3, bias=False), x)
    case("MaxPool2d", [2], nn.MaxPool2d(2), x)
    case("MaxPool2d", [3, 2, {"padding": 1, "ceilMode": True}], nn.MaxPool2d(3, 2, padding=1, ceil_mode=True), x)
    case("AvgPool2d", [2, 2], nn.AvgPool2d(2, 2), x)
    case("AvgPool2d", [3, 2, {"padding": 1, "countIncludePad": False}],
         nn.AvgPool2d(3, 2, padding=1, count_include_pad=False), x)
    case("Flatten", [], nn.Flatten(), x)
    case("Flatten", [2], nn.Flatten(2), x)
    case("Sigmoid", [], nn.Sigmoid(), x)
    case("ReLU", [], nn.ReLU(), x)
    case("Tanh", [], nn.Tanh(), x)
    case("SiLU", [], nn.SiLU(), x)
    case("LeakyReLU", [], nn.LeakyReLU(), x)
    case("LeakyReLU", [0.3], nn.LeakyReLU(0.3), x)
    case("Softmax", [1], nn.Softmax(1), x)
    case("LogSoftmax", [-1], nn.LogSoftmax(-1), x)
    case("Identity", [], nn.Identity(), x)
    case("Dropout", [0], nn.Dropout(0), x)
    case("BatchNorm2d", [4], nn.BatchNorm2d(4), x)
    case("BatchNorm2d", [4, {"momentum": None, "affine": False}], nn.BatchNorm2d(4, momentum=None, affine=False), x)
    case("BatchNorm2d", [4, {"eps": 0.01, "trackRunningStats": False}],
         nn.BatchNorm2d(4, eps=0.01, track_running_stats=False), x)
    for reduction in ("mean", "sum", "none"):
        case("CrossEntropyLoss", [{"reduction": reduction}], nn.CrossEntropyLoss(reduction=reduction), scores, labels)
        case("MSELoss", [{"reduction": reduction}], nn.MSELoss(reduction=reduction), scores, scores.flip(0))
        case("NLLLoss", [{"reduction": reduction}], nn.NLLLoss(reduction=reduction), scores.log_softmax(1), labels)
    case("CrossEntropyLoss", [{"labelSmoothing": 0.1}], nn.CrossEntropyLoss(label_smoothing=0.1), scores, labels)
    case("CrossEntropyLoss", [{"ignoreIndex": 2}], nn.CrossEntropyLoss(ignore_index=2), scores, torch.tensor([0, 2, 1, 1, 2]))
    case("CrossEntropyLoss", [{"weight": w}], nn.CrossEntropyLoss(weight=w), scores, labels)
    case("CrossEntropyLoss", [], nn.CrossEntropyLoss(), scores, torch.rand(5, 3).softmax(1))
    case("NLLLoss", [{"weight": w}], nn.NLLLoss(weight=w), scores.log_softmax(1), labels)

    table = [[0, 2], [3], [], [2, 0, 1, 3], [1, 3]]
    case("PartialConv2d", [4, table, 3], PartialConv2d(4, table, 3), x)
    case("PartialConv2d", [4, table, [2, 3], {"stride": [1, 2], "padding": 1, "bias": False}],
         PartialConv2d(4, table, (2, 3), stride=(1, 2), padding=1, bias=False), x)
    case("TrainableSubsampling", [4], TrainableSubsampling(4, (2, 2), "sigmoid"), x)
    case("TrainableSubsampling", [4, 2, {"squash": "tanh"}], TrainableSubsampling(4, (2, 2), "tanh"), x)
    case("TrainableSubsampling", [4, [4, 1], {"squash": "none"}], TrainableSubsampling(4, (4, 1), "none"), x)
    case("EuclideanRBF", [6, 3], EuclideanRBF(6, 3), x)
    case("EuclideanRBF", [6, 3, {"trainable": True}], EuclideanRBF(6, 3, trainable=True), x)
    penalties, classes = torch.rand(5, 3) * 4, torch.tensor([0, 2, 1, 1, 2])
    for reduction in ("mean", "sum", "none"):
        for criterion, j in (("penalty", 1), ("discriminative", 1.5)):
            case("EuclideanRBFLoss", [{"criterion": criterion, "j": j, "reduction": reduction}],
                 EuclideanRBFLoss(criterion, j, reduction), penalties, classes)
    return out
